"""Enums of numbers have names."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.importer.documents import read


def test_numbers_are_named_as_the_document_names_them(tmp_path: Path) -> None:
    found = read(tmp_path, {"type": "integer", "enum": [0, 1], "x-enumNames": ["NotYet", "Done"]})
    assert found.named["Thing"] == {
        "type": "integer",
        "format": "int32",
        "enum": [0, 1],
        "x-enum-names": ["not_yet", "done"],
    }
    assert found.said == []


def test_names_that_are_none_are_not_taken_over(tmp_path: Path) -> None:
    assert read(tmp_path, {"enum": [1, 2], "x-enum-varnames": [5, ""]}).named["Thing"]["x-enum-names"] == [
        "value_1",
        "value_2",
    ]


def test_numbers_without_names_are_called_after_themselves(tmp_path: Path) -> None:
    found = read(tmp_path, {"enum": [-1, 5]})
    assert found.named["Thing"]["x-enum-names"] == ["minus_1", "value_5"]
    assert found.said == ["I014 the numbers of Thing have no names in the document, and are called after themselves"]


def test_members_that_are_no_numbers_among_numbers_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, {"type": "integer", "enum": [1, {"a": "b"}, [], True]})
    assert found.named["Thing"]["enum"] == [1]


def test_numbers_beyond_the_width_are_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, {"enum": [1, 2**40]})
    assert found.named["Thing"]["enum"] == [1]
    assert "I012 the members of Thing beyond int32 are left out" in found.said
