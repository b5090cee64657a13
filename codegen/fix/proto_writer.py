"""Writes proto: rpcs, messages, fields, enums, members, reservations, and the imports they need, as text to insert.

Numbers are the lock's where it has the name, else the next that was never issued. A type goes into the file of the one
feature that reaches it, or into `shared.proto`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import PurePosixPath

from codegen.diagnostics import Place
from codegen.edits import BODY, CLOSE, END, HEADER, IMPORT, MEMBER, OPEN, Edit
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation
from codegen.ir.proto_spelling import (
    DURATION,
    EMPTY,
    TIMESTAMP,
    needed_type,
    said_members,
    spelling,
)
from codegen.ir.types import Enum, Field, Record, Union
from codegen.parse.policy import Lock
from codegen.parse.proto import ProtoDialect, ProtoEnum, ProtoMessage

WELL_KNOWN = {name: f"google/protobuf/{name.rpartition('.')[2].lower()}.proto" for name in (EMPTY, TIMESTAMP, DURATION)}
ENVELOPE = {"Problem", "FieldError", "PageMeta"}
SHARED = "shared"
FORBIDDEN = range(19_000, 20_000)
"""Field numbers that protobuf keeps for itself."""


@dataclass(slots=True)
class ProtoWriter:
    contract: Contract
    proto: ProtoDialect
    lock: Lock
    _taken: dict[str, set[int]] = field(default_factory=dict)
    _homes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        owners: dict[str, set[str]] = {}
        for operation in self.contract.operations:
            for name in reached(self.contract, _roots(operation)):
                owners.setdefault(name, set()).add(operation.feature)
        for event in self.contract.events:
            for name in reached(self.contract, [event.record]):
                owners.setdefault(name, set()).add(event.feature)
        for name, features in owners.items():
            self._homes[name] = "envelope" if name in ENVELOPE else min(features) if len(features) == 1 else SHARED

    def rpc(self, operation: Operation) -> list[Edit]:
        name, file = pascal(operation.name), _file(operation.feature)
        output = operation.result.record or EMPTY
        known = self.proto.sources.get(file)
        names = {pascal(one.name) for one in self.contract.operations if one.feature == operation.feature}
        spelled = f"{self._package(file)}.{output}" if output in names else output
        stream = "stream " if operation.result.is_stream else ""
        line = f"  rpc {name}({name}Request) returns ({stream}{spelled})"
        line += " { option idempotency_level = NO_SIDE_EFFECTS; }\n" if self._says_query(operation) else ";\n"
        edits = self._imports(file, [output])
        if known and known.service_end:
            return [*edits, Edit(file, known.service_end.line, known.service_end.column, line)]
        service = f"\nservice {pascal(operation.feature)}Service {{\n"
        opened, closed = Edit(file, END, 1, service, OPEN), Edit(file, END, 1, "}\n", CLOSE)
        return [*edits, opened, Edit(file, END, 1, line), closed]

    def message(self, name: str, fields: Iterable[Field], feature: str | None = None) -> list[Edit]:
        file = self._file_of(name, feature)
        members = list(fields)
        numbered = [(self._number(name, one.name, None), one) for one in members]
        lines = [f"  {spelling(one)} {one.name} = {number};\n" for number, one in sorted(numbered, key=itemgetter(0))]
        text = f"\nmessage {name} {{\n{''.join(lines)}}}\n" if lines else f"\nmessage {name} {{}}\n"
        return [*self._imports(file, [needed_type(one.type) for one in members]), Edit(file, END, 1, text, BODY)]

    def union(self, union: Union) -> list[Edit]:
        file = self._file_of(union.name, None)
        numbers = [self._number(union.name, union.arm_name(tag), None) for tag, _ in union.arms]
        arms = [
            f"    {record} {union.arm_name(tag)} = {number};\n"
            for (tag, record), number in zip(union.arms, numbers, strict=True)
        ]
        text = f"\nmessage {union.name} {{\n  oneof value {{\n{''.join(arms)}  }}\n}}\n"
        return [*self._imports(file, [record for _, record in union.arms]), Edit(file, END, 1, text, BODY)]

    def enum(self, enum: Enum, members: Iterable[str]) -> list[Edit]:
        values = {
            spelled: value for spelled, (_, value) in zip(said_members(enum), enum.members, strict=True)
            if isinstance(value, int)
        }  # fmt: skip
        locked = self.lock.fields.get(enum.name, {})
        numbers = {one: values.get(one, locked.get(one, index)) for index, one in enumerate(members)}
        zero_first = sorted(numbers.items(), key=lambda pair: pair[1] != 0)
        text = f"\nenum {enum.name} {{\n{''.join(f'  {one} = {number};{chr(10)}' for one, number in zero_first)}}}\n"
        file = self._file_of(enum.name, None)
        return [*self._imports(file, []), Edit(file, END, 1, text, BODY)]

    def field(self, message: ProtoMessage, one: Field) -> list[Edit]:
        if one.name in message.reserved:
            return []
        declaration = f"{spelling(one)} {one.name} = {self._number(message.name, one.name, message)};"
        return [
            *self._imports(message.place.file, [needed_type(one.type)]),
            _inside(message.place, message.end, declaration),
        ]

    def arm(self, message: ProtoMessage, name: str, record: str) -> list[Edit]:
        """A member of the message's one oneof."""
        if message.oneof is None or message.field(name) is not None or name in message.reserved:
            return []
        declaration = f"{record} {name} = {self._number(message.name, name, message)};"
        return [*self._imports(message.place.file, [record]), _inside(*message.oneof, declaration)]

    def member(self, enum: ProtoEnum, name: str, value: str | int) -> list[Edit]:
        number = value if isinstance(value, int) else self._number(enum.name, name, enum)
        if name in enum.reserved or number in _used(enum):
            return []
        return [_inside(enum.place, enum.end, f"{name} = {number};")]

    def _says_query(self, operation: Operation) -> bool:
        return operation.is_query and operation.http is None

    def _number(self, holder: str, name: str, known: ProtoMessage | ProtoEnum | None) -> int:
        locked = self.lock.fields.get(holder, {})
        taken = self._taken.setdefault(holder, {*locked.values(), *_used(known)})
        if name in locked and locked[name] not in _used(known):
            return locked[name]
        number = max(taken, default=0) + 1
        while number in FORBIDDEN:
            number += 1
        taken.add(number)
        return number

    def _file_of(self, name: str, feature: str | None) -> str:
        stem = feature or self._homes.get(name, SHARED)
        return _file(stem)

    def _home(self, name: str) -> str | None:
        """The file that has a type, or that will have it."""
        if name in WELL_KNOWN:
            return WELL_KNOWN[name]
        known = self.proto.messages.get(name) or self.proto.enums.get(name)
        if known is not None:
            return PurePosixPath(known.place.file).name
        return PurePosixPath(self._file_of(name, None)).name if name in self.contract.definitions else None

    def _imports(self, file: str, names: Iterable[str]) -> list[Edit]:
        """The header of a new file, and what it must import for `names`."""
        wanted = {home for name in names if name and (home := self._home(name)) and home != PurePosixPath(file).name}
        known = self.proto.sources.get(file)
        if known is None:
            edits = [Edit(file, END, 1, f'syntax = "proto3";\n\npackage {self._package(file)};\n\n', HEADER)]
            return edits + [Edit(file, END, 1, f'import "{one}";\n', IMPORT) for one in sorted(wanted)]
        return [
            Edit(file, known.import_line, 1, f'import "{one}";\n', IMPORT) for one in sorted(wanted - known.imports)
        ]

    def _package(self, file: str) -> str:
        if file in self.proto.sources:
            return self.proto.sources[file].package
        new = f"{self.contract.info.product}.v1"
        return next((one.package for _, one in sorted(self.proto.sources.items())), new)


def reserve(holder: ProtoMessage | ProtoEnum, name: str, number: int) -> list[Edit]:
    wanted = [f"reserved {number};"] if number not in holder.reserved else []
    wanted += [f'reserved "{name}";'] if name not in holder.reserved else []
    return [_inside(holder.place, holder.end, *wanted)]


def reached(contract: Contract, roots: Iterable[str]) -> set[str]:
    """The definitions that the roots lead to, themselves included."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        definition = contract.definitions.get(name)
        if name in found or definition is None:
            continue
        found.add(name)
        if isinstance(definition, Record):
            waiting += [needed_type(one.type) for one in definition.fields]
        elif isinstance(definition, Union):
            waiting += [record for _, record in definition.arms]
    return found


def _roots(operation: Operation) -> list[str]:
    return [operation.result.record or "", *(needed_type(one.type) for one in operation.request.fields)]


def _used(known: ProtoMessage | ProtoEnum | None) -> set[int]:
    if known is None:
        return set()
    numbers = {one.number for one in known.fields} if isinstance(known, ProtoMessage) else {n for _, n in known.members}
    return numbers | {one for one in known.reserved if isinstance(one, int)}


def _inside(start: Place, end: Place, *lines: str) -> Edit:
    """Before a closing brace: on lines of its own, whether the brace stands alone or not."""
    is_alone = end.column == start.column and end.line > start.line
    indent = " " * (start.column - 1)
    text = "".join(f"{indent}  {line}\n" for line in lines)
    if is_alone:
        return Edit(end.file, end.line, 1, text, MEMBER)
    return Edit(end.file, end.line, end.column, f"\n{text}{indent}", MEMBER)


def _file(stem: str) -> str:
    return f"specs/proto/{stem}.proto"
