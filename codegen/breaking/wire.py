"""Changes below the schemas: proto numbers, kinds and packages, and the codes of errors and of closing."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf import descriptor_pb2 as pb

from codegen.breaking.change import Change
from codegen.ir.operations import Contract

Fields = dict[str, pb.FieldDescriptorProto]
WIDTHS = {pb.FieldDescriptorProto.TYPE_INT32, pb.FieldDescriptorProto.TYPE_INT64}
"""Read alike as far as the values go, which the schemas judge."""


def compare_proto(old: Contract, new: Contract) -> Iterator[Change]:
    """By name, and by number where the name left and another came, which JSON takes for two fields."""
    before, after = _files(old), _files(new)
    packages = [sorted({file.package for file in files}) for files in (before, after)]
    if before and after and packages[0] != packages[1]:
        yield Change("proto-package-changed", "proto", f"{', '.join(packages[0])} became {', '.join(packages[1])}")
    messages = _messages(before), _messages(after)
    for name in sorted(messages[0].keys() & messages[1].keys()):
        yield from _fields(name, messages[0][name], messages[1][name])
    enums = _enums(before), _enums(after)
    for name in sorted(enums[0].keys() & enums[1].keys()):
        for member in sorted(enums[0][name].keys() & enums[1][name].keys()):
            numbers = enums[0][name][member], enums[1][name][member]
            if numbers[0] != numbers[1]:
                yield Change("proto-member-number-changed", f"{name}.{member}", f"{numbers[0]} became {numbers[1]}")


def compare_codes(old: Contract, new: Contract) -> Iterator[Change]:
    """What clients decide by: the status and the frame's code of each error, and the codes of closing. That an error
    came or went is said by the operations."""
    before, after = {one.code: one for one in old.errors}, {one.code: one for one in new.errors}
    for code in sorted(before.keys() & after.keys()):
        one, other = before[code], after[code]
        if one.status != other.status:
            yield Change("error-status-changed", code, f"{one.status} became {other.status}", other.place)
        if one.rsp != other.rsp:
            yield Change("error-frame-code-changed", code, f"{one.rsp} became {other.rsp}", other.place)
    closes = dict(old.close_codes), dict(new.close_codes)
    for name in sorted(closes[0].keys() & closes[1].keys()):
        if closes[0][name] != closes[1][name]:
            yield Change("close-code-changed", name, f"{closes[0][name]} became {closes[1][name]}")


def _files(contract: Contract) -> list[pb.FileDescriptorProto]:
    """The contract's own, in which its own types have no package: it is no part of a message."""
    files = pb.FileDescriptorSet.FromString(contract.proto).file
    own = [file for file in files if not file.package.startswith("google.")]
    for file in own:
        for message in _all_messages(file):
            for one in message.field:
                one.type_name = one.type_name.removeprefix(f".{file.package}.")
    return own


def _messages(files: list[pb.FileDescriptorProto]) -> dict[str, Fields]:
    return {message.name: {one.name: one for one in message.field} for file in files for message in _all_messages(file)}


def _all_messages(file: pb.FileDescriptorProto) -> Iterator[pb.DescriptorProto]:
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        yield message
        waiting += message.nested_type


def _enums(files: list[pb.FileDescriptorProto]) -> dict[str, dict[str, int]]:
    return {enum.name: {one.name: one.number for one in enum.value} for file in files for enum in file.enum_type}


def renamed(old: Contract, new: Contract) -> dict[str, dict[str, str]]:
    """By message: what its fields are called now, by what they were called, where the number stayed."""
    before, after = _messages(_files(old)), _messages(_files(new))
    found: dict[str, dict[str, str]] = {}
    for name in before.keys() & after.keys():
        pairs = _pairs(before[name], after[name])
        found[name] = {one.name: other.name for one, other in pairs if one.name != other.name}
    return found


def _pairs(old: Fields, new: Fields) -> Iterator[tuple[pb.FieldDescriptorProto, pb.FieldDescriptorProto]]:
    """The same field before and after: by its name, else by a number that nothing else has."""
    came = {new[name].number: new[name] for name in new.keys() - old.keys()}
    for name in sorted(old):
        other = new.get(name) or came.get(old[name].number)
        if other is not None:
            yield old[name], other


def _fields(message: str, old: Fields, new: Fields) -> Iterator[Change]:
    for one, other in _pairs(old, new):
        subject, kinds = f"{message}.{one.name}", (one.type, other.type)
        if one.number != other.number:
            yield Change("proto-number-changed", subject, f"{one.number} became {other.number}")
        if (one.type, one.type_name, one.label) != (other.type, other.type_name, other.label):
            is_width = one.label == other.label and set(kinds) == WIDTHS
            rule = "proto-width-changed" if is_width else "proto-kind-changed"
            yield Change(rule, subject, f"{_kind(one)} became {_kind(other)}")


def _kind(one: pb.FieldDescriptorProto) -> str:
    repeated = "repeated " if one.label == pb.FieldDescriptorProto.LABEL_REPEATED else ""
    return repeated + (one.type_name.lstrip(".") or pb.FieldDescriptorProto.Type.Name(one.type)[5:].lower())
