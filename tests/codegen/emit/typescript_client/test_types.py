"""What is received is open and complete; what callers write may leave out what has a default."""

from __future__ import annotations

from pathlib import Path

from codegen.emit.typescript_client.types import emit_types
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import contract_of, shipped


def types(folder: Path, fields: str, others: str = "", required: str = "") -> str:
    return emit_types(contract_with(folder, both_ways(fields, others, required)), "src").data.decode()


def block(text: str, name: str) -> str:
    """A declaration from its head to the blank line after it."""
    start = text.index(f" {name} ")
    text += "\n\n"
    return text[text.rindex("\n", 0, start) + 1 : text.index("\n\n", start)]


FIELDS = """
small: {type: integer, format: int32}
id: {type: integer, format: int64, minimum: 1, maximum: 9007199254740991}
wide: {type: integer, format: int64}
born_on: {type: string, format: date}
data: {type: string, contentEncoding: base64}
note: {type: [string, 'null'], default: null}
count: {type: integer, format: int32, default: 3}
tags: {type: array, items: {type: string}, default: []}
by_name: {type: object, additionalProperties: {$ref: '#/Genre'}, default: {}}
kind: {type: string, const: thing}
genre: {$ref: '#/Genre'}
"""
GENRE = "Genre: {type: string, enum: [fiction, own-van]}\n"


def test_what_is_received_has_its_defaults(tmp_path: Path) -> None:
    assert block(types(tmp_path, FIELDS, GENRE, "small, id, wide, kind"), "Thing") == (
        "export interface Thing {\n  small: number;\n  /** 1 to 9007199254740991. */\n  id: number;\n  wide: bigint;\n  bornOn?: string | undefined;\n"
        "  data?: $.Bytes | undefined;\n  note: string | null;\n  count: number;\n  tags: string[];\n"
        '  byName: { [key: string]: Genre };\n  kind: "thing";\n  genre?: Genre | undefined;\n}'
    )


def test_callers_may_leave_out_defaults_and_constants(tmp_path: Path) -> None:
    found = block(types(tmp_path, FIELDS, GENRE, "small, id, wide, kind"), "SendThingRequest")
    for line in ("small: number;", "note?: string | null | undefined;", "count?: number | undefined;",
                 "tags?: string[] | undefined;", 'kind?: "thing" | undefined;'):  # fmt: skip
        assert f"  {line}\n" in found, line


def test_an_enum_is_open(tmp_path: Path) -> None:
    found = types(tmp_path, FIELDS, GENRE)
    assert 'export const Genre = {\n  Fiction: "fiction",\n  OwnVan: "own-van",\n} as const;' in found
    assert "export type Genre = (typeof Genre)[keyof typeof Genre] | (string & {});" in found


def test_a_union_has_an_arm_for_what_is_unknown_and_its_twin_has_not(tmp_path: Path) -> None:
    found = emit_types(contract_of("p17_union", tmp_path), "src").data.decode()
    unknown = '{ kind: "$unknown"; tag: string; raw: { [name: string]: unknown } }'
    assert f"export type Shape =\n  | Circle\n  | Square\n  | {unknown};" in found
    assert "export type ShapeInput =\n  | Circle\n  | Square;" in found
    assert "  shape: ShapeInput;" in block(found, "SendThingRequest")


def test_a_request_without_fields_takes_none() -> None:
    found = emit_types(shipped(), "src").data.decode()
    assert block(found, "LivezRequest") == "export interface LivezRequest {\n  [name: string]: never;\n}"


def test_what_a_schema_says_to_readers_is_in_comments(tmp_path: Path) -> None:
    found = emit_types(contract_of("p80_annotations", tmp_path), "src").data.decode()
    assert (
        "  /**\n   * It was. At most 9 characters.\n   * @deprecated It may be gone from 2030-01-01 on.\n   */\n  old?"
        in found
    )
    assert "   * 1 to 9.\n   * @example 5\n   * @see https://example.org/count\n" in found
    assert '\n * @example {"name": "Bob *\\/ \\"quoted\\"", ' in found
