"""`sdk_typescript/src/tables.ts`: one table per record and union, by which the runtime reads and writes JSON and protobuf."""

from __future__ import annotations

from datetime import UTC, datetime

from google.protobuf import descriptor_pb2 as pb

from codegen.emit.printer import File
from codegen.emit.typescript_client.names import properties
from codegen.emit.typescript_client.text import entries, literal, module, quoted
from codegen.emit.typescript_client.types import is_constant, is_safe, tag_property
from codegen.ir.operations import Contract
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
)
from codegen.ir.types import File as Bytes_
from codegen.runtime.service.scalars import read_datetime

Numbers = dict[str, dict[str, int]]


def emit_tables(contract: Contract, folder: str) -> File:
    writer = _Tables(contract)
    lines = ['import type * as $ from "./runtime/schema.ts";', 'import type * as $types from "./types.ts";', ""]
    used = [contract.definitions[name] for name in sorted(contract.results | contract.inputs)]
    for definition in sorted(used, key=lambda one: not isinstance(one, Enum)):
        lines += writer.definition(definition)
    for operation in contract.operations:
        lines += writer.record(operation.request)
    return module(f"{folder}/tables.ts", "How the contract's types stand in JSON and in protobuf.", lines)


class _Tables:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._numbers = _numbers(contract)

    def definition(self, definition: Record | Enum | Union) -> list[str]:
        if isinstance(definition, Record):
            return self.record(definition)
        return self._enum(definition) if isinstance(definition, Enum) else self._union(definition)

    def record(self, record: Record) -> list[str]:
        names = properties(record)
        head = f"export const {record.name}: $.RecordTable<$types.{record.name}> = {{"
        fields = [self._field(record, one, names[one.name]) for one in record.fields]
        if not fields:
            return [f"{head} fields: [] }};", ""]
        return [head, "  fields: [", *(f"    {one}," for one in fields), "  ],", "};", ""]

    def _field(self, record: Record, one: Field, name: str) -> str:
        kind, many = one.type, None
        if isinstance(kind, ListOf | MapOf):
            many = "list" if isinstance(kind, ListOf) else "map"
            kind = kind.item if isinstance(kind, ListOf) else kind.value
        wrapped = f"{record.name}.{one.name}" in self._contract.wrapped
        return entries([
            ("name", quoted(name)),
            ("wire", quoted(one.member) if one.member != name else None),
            ("no", str(self._numbers.get(record.name, {}).get(one.name, 0))),
            ("kind", self._kind(kind)),
            ("many", quoted(many) if many else None),
            ("optional", None if one.required else "true"),
            ("nullable", "true" if one.nullable else None),
            ("initial", literal(_canonical(one.type, one.default)) if one.default not in (None, [], {}) else None),
            ("constant", quoted(_constant(one)) if is_constant(one) else None),
            ("wrapped", "true" if wrapped else None),
        ])  # fmt: skip

    def _kind(self, kind: Type) -> str:
        if isinstance(kind, Named):
            definition = self._contract.definitions[kind.name]
            if not isinstance(definition, Enum):
                return f"() => {kind.name}"
            return kind.name if definition.is_text else '"int32"'
        if isinstance(kind, Int):
            return quoted("int32" if kind.bits == 32 else "safe" if is_safe(kind) else "int64")
        words: dict[type, str] = {
            Bool: "bool", Float: "double", Bytes: "bytes", Bytes_: "bytes", DateTime: "moment", Duration: "duration",
        }  # fmt: skip
        return quoted(words.get(type(kind), "string"))

    def _enum(self, enum: Enum) -> list[str]:
        """Members by their number in protobuf; an enum of numbers is the number at every door."""
        if not enum.is_text:
            return []
        numbers = self._numbers.get(enum.name, {})
        spelled = enum_members(enum)[-len(enum.members) :]
        pairs = [
            (str(value), str(numbers.get(word, 0))) for word, (_, value) in zip(spelled, enum.members, strict=True)
        ]
        # Before the records, whose rows hold it; those of other records are functions.
        return [f"const {enum.name}: $.EnumTable = {{ members: {entries(pairs)} }};", ""]

    def _union(self, union: Union) -> list[str]:
        numbers, tag = self._numbers.get(union.name, {}), tag_property(self._contract, union)
        arms = [
            entries(
                [
                    ("tag", quoted(value)),
                    ("no", str(numbers.get(union.arm_name(value), 0))),
                    ("record", f"() => {record}"),
                ]
            )
            for value, record in union.arms
        ]
        wire = [f"  wire: {quoted(union.tag_member)},"] if tag != union.tag_member else []
        head = f"export const {union.name}: $.UnionTable<$types.{union.name}> = {{"
        return [head, f"  tag: {quoted(tag)},", *wire, "  arms: [", *(f"    {one}," for one in arms), "  ],", "};", ""]


def _constant(one: Field) -> str:
    return one.type.const or "" if isinstance(one.type, String) else ""


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
