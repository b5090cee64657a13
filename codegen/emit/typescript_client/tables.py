"""`sdk_typescript/src/tables.ts`: one table per record and union, by which the runtime reads and writes JSON and protobuf."""

from __future__ import annotations

from codegen.emit.client_tables import Reference, Row, Tables
from codegen.emit.printer import File
from codegen.emit.typescript_client.text import entries, literal, module, quoted
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Record, Union


def emit_tables(contract: Contract, folder: str) -> File:
    tables = Tables(contract)
    lines = ['import type * as $ from "./runtime/schema.ts";', 'import type * as $types from "./types.ts";', ""]
    used = [contract.definitions[name] for name in sorted(contract.results | contract.inputs)]
    for definition in sorted(used, key=lambda one: not isinstance(one, Enum)):
        lines += _definition(tables, definition)
    for operation in contract.operations:
        lines += _record(tables, operation.request)
    return module(f"{folder}/tables.ts", "How the contract's types stand in JSON and in protobuf.", lines)


def _definition(tables: Tables, definition: Record | Enum | Union) -> list[str]:
    if isinstance(definition, Record):
        return _record(tables, definition)
    return _enum(tables, definition) if isinstance(definition, Enum) else _union(tables, definition)


def _record(tables: Tables, record: Record) -> list[str]:
    head = f"export const {record.name}: $.RecordTable<$types.{record.name}> = {{"
    rows = [_row(one) for one in tables.rows(record)]
    if not rows:
        return [f"{head} fields: [] }};", ""]
    return [head, "  fields: [", *(f"    {one}," for one in rows), "  ],", "};", ""]


def _row(row: Row) -> str:
    return entries((name, _kind(value) if name == "kind" else literal(value)) for name, value in row.items())


def _kind(kind: object) -> str:
    if isinstance(kind, Reference):
        return kind.name if kind.is_enum else f"() => {kind.name}"
    return literal(kind)


def _enum(tables: Tables, enum: Enum) -> list[str]:
    """An enum of numbers is the number at every door."""
    if not enum.is_text:
        return []
    # Before the records, whose rows hold it; those of other records are functions.
    pairs = ((value, str(number)) for value, number in tables.members(enum).items())
    return [f"const {enum.name}: $.EnumTable = {{ members: {entries(pairs)} }};", ""]


def _union(tables: Tables, union: Union) -> list[str]:
    tag, wire = tables.tag(union)
    arms = [
        entries([("tag", quoted(value)), ("no", str(number)), ("record", f"() => {record}")])
        for value, number, record in tables.arms(union)
    ]
    head = f"export const {union.name}: $.UnionTable<$types.{union.name}> = {{"
    spelled = [f"  wire: {quoted(wire)},"] if wire else []
    return [head, f"  tag: {quoted(tag)},", *spelled, "  arms: [", *(f"    {one}," for one in arms), "  ],", "};", ""]
