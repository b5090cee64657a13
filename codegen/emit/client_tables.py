"""How the contract's types and operations stand in JSON and in protobuf, in the words of no language: what a client is driven by.

The TypeScript client has it as code, and `specs/client.json` as data for a client that learns its contract when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from google.protobuf import descriptor_pb2 as pb

from codegen.emit.client_names import member_of
from codegen.emit.typescript_names import properties
from codegen.ir.operations import Contract, Http, Operation
from codegen.ir.proto_spelling import enum_members
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Type,
    Union,
    file_of,
)
from codegen.ir.types import File as File_
from codegen.parse.http_request import IF_MATCH
from codegen.runtime.service.scalars import read_datetime

MAX_SAFE = 2**53 - 1
Numbers = dict[str, dict[str, int]]
Row = dict[str, object]
SCALARS: dict[type, str] = {
    Bool: "bool", Float: "double", Bytes: "bytes", File_: "bytes", DateTime: "moment", Duration: "duration",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A type of the contract, by its name."""

    name: str
    is_enum: bool


class Tables:
    """One table per record, enum and union; what has no value is left out of it."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._numbers = _numbers(contract)

    def rows(self, record: Record) -> list[Row]:
        """The fields of a record. `kind` is the name of a scalar, or a reference."""
        names = properties(record)
        return [self._row(record, one, names[one.name]) for one in record.fields]

    def _row(self, record: Record, one: Field, name: str) -> Row:
        kind, many = one.type, None
        if isinstance(kind, ListOf | MapOf):
            many = "list" if isinstance(kind, ListOf) else "map"
            kind = kind.item if isinstance(kind, ListOf) else kind.value
        return told({
            "name": name,
            "wire": one.member if one.member != name else None,
            "no": self._numbers.get(record.name, {}).get(one.name, 0),
            "kind": self._kind(kind),
            "many": many,
            "optional": None if one.required else True,
            "nullable": True if one.nullable else None,
            "initial": _canonical(one.type, one.default) if one.default not in (None, [], {}) else None,
            "constant": one.type.const if isinstance(one.type, String) else None,
            "wrapped": True if f"{record.name}.{one.name}" in self._contract.wrapped else None,
        })  # fmt: skip

    def _kind(self, kind: Type) -> str | Reference:
        if isinstance(kind, Named):
            definition = self._contract.definitions[kind.name]
            if not isinstance(definition, Enum):
                return Reference(kind.name, is_enum=False)
            return Reference(kind.name, is_enum=True) if definition.is_text else "int32"
        if isinstance(kind, Int):
            return "int32" if kind.bits == 32 else "safe" if is_safe(kind) else "int64"
        return SCALARS.get(type(kind), "string")

    def members(self, enum: Enum) -> dict[str, int]:
        """The members of an enum of texts by their number in protobuf."""
        numbers = self._numbers.get(enum.name, {})
        spelled = enum_members(enum)[-len(enum.members) :]
        return {str(value): numbers.get(word, 0) for word, (_, value) in zip(spelled, enum.members, strict=True)}

    def arms(self, union: Union) -> list[tuple[str, int, str]]:
        """Tag, number in protobuf, and record of each arm."""
        numbers = self._numbers.get(union.name, {})
        return [(value, numbers.get(union.arm_name(value), 0), record) for value, record in union.arms]

    def tag(self, union: Union) -> tuple[str, str | None]:
        """The property that tells the arms apart, and its member in JSON where that is another."""
        tag = tag_property(self._contract, union)
        return tag, union.tag_member if tag != union.tag_member else None


def binding(operation: Operation, http: Http) -> Row:
    """Where an operation is in HTTP."""
    files = {one.member: _media(file) for one in operation.request.fields if (file := file_of(one.type))}
    parameters = [
        told({
            "field": member_of(operation, one),
            "carrier": one.carrier,
            "location": one.location,
            "etag": True if one.location == "header" and one.carrier.lower() == IF_MATCH else None,
        })
        for one in http.parameters
    ]  # fmt: skip
    return told({
        "verb": http.method,
        "path": http.path,
        "parameters": parameters,
        "body": True if http.body is not None and not files and not http.form else None,
        "files": files or None,
        "form": True if http.form else None,
    })  # fmt: skip


def told(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def is_safe(kind: Int) -> bool:
    """Whether a number of JavaScript holds every value exactly."""
    return kind.minimum >= -MAX_SAFE and kind.maximum <= MAX_SAFE


def tag_property(contract: Contract, union: Union) -> str:
    return properties(contract.record(union.arms[0][1]))[union.tag]


def is_constant(one: Field) -> bool:
    return isinstance(one.type, String) and one.type.const is not None


def _media(file: File_) -> str:
    """The media type where there is one."""
    concrete = [one for one in file.media_types if "*" not in one]
    return concrete[0] if len(concrete) == len(file.media_types) == 1 else ""


def _canonical(kind: Type, value: object) -> object:
    """A default as the server writes it."""
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_canonical(kind.item, item) for item in value]
    if isinstance(kind, DateTime):
        moment = read_datetime(value)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(moment, datetime) else value
    return value


def _numbers(contract: Contract) -> Numbers:
    """The numbers of every message's fields and every enum's members, by the contract's name for the type."""
    files = pb.FileDescriptorSet.FromString(contract.proto).file
    found: Numbers = {}
    for file in files:
        stem = file.name.removesuffix(".proto")
        found |= {f"{stem}/{enum.name}": _members(enum) for enum in file.enum_type}
        for message in file.message_type:
            _collect(message, f"{stem}/", found)
    return {name: found.get(f"{one.file}/{one.path}", {}) for name, one in contract.bindings.items()}


def _collect(message: pb.DescriptorProto, scope: str, found: Numbers) -> None:
    found[scope + message.name] = {one.name: one.number for one in message.field}
    inner = f"{scope}{message.name}."
    found |= {inner + enum.name: _members(enum) for enum in message.enum_type}
    for nested in message.nested_type:
        _collect(nested, inner, found)


def _members(enum: pb.EnumDescriptorProto) -> dict[str, int]:
    return {one.name: one.number for one in enum.value}
