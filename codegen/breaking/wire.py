"""Changes below the schemas: proto numbers, kinds and packages, and the codes of errors and of closing."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf import descriptor_pb2 as pb

from codegen.breaking.change import Change
from codegen.ir.operations import Contract

Fields = dict[str, pb.FieldDescriptorProto]


def compare_proto(old: Contract, new: Contract) -> Iterator[Change]:
    """By name: a field that changed its name is one that left and one that came, which the schemas say."""
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
    files = pb.FileDescriptorSet.FromString(contract.proto).file
    return [file for file in files if not file.package.startswith("google.")]


def _messages(files: list[pb.FileDescriptorProto]) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    waiting = [message for file in files for message in file.message_type]
    while waiting:
        message = waiting.pop()
        found[message.name] = {one.name: one for one in message.field}
        waiting += message.nested_type
    return found


def _enums(files: list[pb.FileDescriptorProto]) -> dict[str, dict[str, int]]:
    return {enum.name: {one.name: one.number for one in enum.value} for file in files for enum in file.enum_type}


def _fields(message: str, old: Fields, new: Fields) -> Iterator[Change]:
    for name in sorted(old.keys() & new.keys()):
        one, other = old[name], new[name]
        if one.number != other.number:
            yield Change("proto-number-changed", f"{message}.{name}", f"{one.number} became {other.number}")
        if (one.type, one.type_name, one.label) != (other.type, other.type_name, other.label):
            yield Change("proto-kind-changed", f"{message}.{name}", f"{_kind(one)} became {_kind(other)}")


def _kind(one: pb.FieldDescriptorProto) -> str:
    repeated = "repeated " if one.label == pb.FieldDescriptorProto.LABEL_REPEATED else ""
    return repeated + (one.type_name.lstrip(".") or pb.FieldDescriptorProto.Type.Name(one.type)[5:].lower())
