"""A row says of a field what both encodings must know; numbers are the descriptors'."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.emit.typescript_client.tables import emit_tables
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import contract_of, shipped

FIELDS = """
small: {type: integer, format: int32}
id: {type: integer, format: int64, minimum: 1, maximum: 9007199254740991}
wide: {type: integer, format: int64}
born_on: {type: string, format: date}
data: {type: string, contentEncoding: base64}
note: {type: [string, 'null']}
big: {type: integer, format: int64, default: 9007199254740993}
since: {type: string, format: date-time, default: '2024-01-01T02:00:00+02:00'}
tags: {type: array, items: {type: string}, default: []}
by_name: {type: object, additionalProperties: {$ref: '#/Genre'}, default: {}}
kind: {type: string, const: thing}
level: {$ref: '#/Level'}
"""
OTHERS = """
Genre: {type: string, enum: [fiction, own-van]}
Level: {type: integer, format: int32, enum: [3, 7], x-enum-names: [low, high]}
"""
ROWS = [
    '{ name: "small", no: 1, kind: "int32" }',
    '{ name: "id", no: 2, kind: "safe" }',
    '{ name: "wide", no: 3, kind: "int64" }',
    '{ name: "bornOn", wire: "born_on", no: 4, kind: "string", optional: true }',
    '{ name: "data", no: 5, kind: "bytes", optional: true }',
    '{ name: "note", no: 6, kind: "string", nullable: true }',
    '{ name: "big", no: 7, kind: "int64", optional: true, initial: "9007199254740993" }',
    '{ name: "since", no: 8, kind: "moment", optional: true, initial: "2024-01-01T00:00:00Z" }',
    '{ name: "tags", no: 9, kind: "string", many: "list", optional: true }',
    '{ name: "byName", wire: "by_name", no: 10, kind: Genre, many: "map", optional: true }',
    '{ name: "kind", no: 11, kind: "string", constant: "thing" }',
    '{ name: "level", no: 12, kind: "int32", optional: true }',
]


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("tables")
    contract = contract_with(folder, both_ways(FIELDS, OTHERS, "small, id, wide, note, kind"))
    return emit_tables(contract, "src").data.decode()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_each_kind(emitted: str, row: str) -> None:
    assert emitted.count(f"    {row},\n") == 2, emitted


def test_an_enum_s_members_have_protobuf_s_numbers_and_stand_before_the_records(emitted: str) -> None:
    line = 'const Genre: $.EnumTable = { members: { fiction: 1, "own-van": 2 } };'
    assert emitted.index(line) < emitted.index("RecordTable")
    assert "Level: $.EnumTable" not in emitted


def test_numbers_are_the_descriptors_and_not_the_order(tmp_path: Path) -> None:
    found = emit_tables(contract_of("p70_nested_proto", tmp_path), "src").data.decode()
    assert "no: 0" not in found


def test_a_wrapper_is_told(tmp_path: Path) -> None:
    found = emit_tables(contract_of("p72_wrappers", tmp_path), "src").data.decode()
    assert "wrapped: true" in found


def test_a_union_s_arms_have_tag_number_and_record(tmp_path: Path) -> None:
    found = emit_tables(contract_of("p17_union", tmp_path), "src").data.decode()
    assert '    { tag: "square", no: 2, record: () => Square },\n' in found


def test_every_table_carries_its_type() -> None:
    found = emit_tables(shipped(), "src").data.decode()
    assert "export const Artist: $.RecordTable<$types.Artist> = {" in found
    assert "export const LivezRequest: $.RecordTable<$types.LivezRequest> = { fields: [] };" in found
