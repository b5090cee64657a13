"""The commands of a terminal: one for each operation, whose fields are read as the contract has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.emit.python_client.commands import emit_commands, emit_main, program_name
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import contract_of, shipped

FIELDS = """
id: {type: integer, format: int64}
size: {type: number, format: double}
is_new: {type: boolean}
made_on: {type: string, format: date}
data: {type: string, contentEncoding: base64}
colour: {$ref: '#/Colour'}
level: {$ref: '#/Level'}
tags: {type: array, items: {type: string}, default: []}
colours: {type: array, items: {$ref: '#/Colour'}, default: []}
part: {$ref: '#/Part'}
parts: {type: array, items: {$ref: '#/Part'}, default: []}
by_name: {type: object, additionalProperties: {type: string}, default: {}}
"""
OTHERS = """
Colour: {type: string, enum: [red, dark-blue]}
Level: {type: integer, format: int32, enum: [0, 5], x-enum-names: [low, high]}
Part: {type: object, properties: {a: {type: string}}}
"""
READ = {
    "id": '"integer"', "size": '"number"', "is_new": '"boolean"', "made_on": '"text"', "data": '"bytes"',
    "colour": '"text", choices=("red", "dark-blue")', "level": '"integer"', "tags": '"text", is_many=True',
    "colours": '"text", is_many=True, choices=("red", "dark-blue")', "part": '"json"', "parts": '"json"', "by_name": '"json"',
}  # fmt: skip


def text(file_data: bytes) -> str:
    """On one line, as the formatter has not seen it yet."""
    return file_data.decode().replace(",)", ")")


def test_a_field_is_read_as_its_type_has_it_and_what_no_word_says_is_json(tmp_path: Path) -> None:
    found = text(emit_commands(contract_with(tmp_path, both_ways(FIELDS, OTHERS)), "x").data)
    for name, read in READ.items():
        assert f'Argument("{name}", {read}' in found, name


def test_an_operation_has_its_method_s_name_and_its_pager() -> None:
    found = text(emit_commands(shipped(), "x").data)
    assert '"artists.create": Command(operation="create_artist", feature="artists", pager="", ' in found
    assert (
        '"artists.get_page": Command(operation="get_paginated_artists", feature="artists", pager="paginate", ' in found
    )
    assert 'Argument("name", "text", is_required=True, help="1 to 200 characters.")' in found


def test_bytes_beside_json_are_files(tmp_path: Path) -> None:
    assert '"file"' in text(emit_commands(contract_of("p80_bytes", tmp_path), "x").data)


@pytest.mark.parametrize("wanted", ["def main() -> int:", "return run(PROGRAM)", "sys.exit(main())"])
def test_the_package_is_run_as_a_program(wanted: str) -> None:
    assert wanted in emit_main("x").data.decode()
    assert program_name(shipped()) == "stele-call"
