"""Members are texts, or int32 numbers with their names; anything between is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import Enum
from tests.codegen.parse.test_json_schema import read


def test_texts_name_themselves_and_numbers_are_named(tmp_path: Path) -> None:
    text = "T: {type: string, enum: [red, dark-blue]}\nU: {type: integer, enum: [0, 5], x-enum-names: [low, high]}\n"
    for name, members in (
        ("T", (("red", "red"), ("dark-blue", "dark-blue"))),
        ("U", (("low", 0), ("high", 5))),
    ):
        schemas, _, rules = read(tmp_path, text, name)
        enum = schemas.definitions[name]
        assert rules == []
        assert isinstance(enum, Enum)
        assert enum.members == members


@pytest.mark.parametrize(
    "text",
    [
        "T: {type: string, enum: []}",
        "T: {type: string, enum: [a, a]}",
        "T: {type: string, enum: ['1st']}",
        "T: {type: string, enum: [unspecified]}",
        "T: {type: integer, enum: [1, 2]}",
        "T: {type: integer, enum: [1, 2], x-enum-names: [one]}",
        "T: {type: integer, enum: [1, 3000000000], x-enum-names: [one, huge]}",
        "T: {type: integer, enum: [1, true], x-enum-names: [one, yes]}",
        "T: {type: string, enum: a}",
    ],
)
def test_members_without_a_name_or_a_number_are_a_finding(tmp_path: Path, text: str) -> None:
    assert "S014" in read(tmp_path, text)[2]
