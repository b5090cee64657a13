"""Members are texts, or int32 numbers with their names; anything between is a finding."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import characters, lists
from hypothesis.strategies import text as text_values

from codegen.check.clashes import check_clashes
from codegen.diagnostics import Findings
from codegen.ir.names import MAX_LENGTH, SNAKE
from codegen.ir.types import Enum
from codegen.parse.enums import member_name
from tests.codegen.contracts import shipped
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
    ("text", "name"),
    [
        ("dark-blue", "dark-blue"), ("inProgress", "inProgress"), ("in", "in"), ("", "empty"), ("text/html", "text_html"),
        ("1d", "value_1d"), ("+", "plus"), ("-1", "minus_1"), ("+1", "plus_1"), ("gpt-4.1", "gpt_4_1"), ("C++", "c_plus_plus"),
        ("C#", "c_hash"), ("*/*", "star_slash_star"), (">=", "greater_equal"), ("Dark Blue", "dark_blue"), ("été", "ete"),
        ("größe", "gro_u00df_e"), ("是", "u662f"), (" a", "space_a"), ("a--b", "a_minus_minus_b"), ("a\nb", "a_u000a_b"), ("½", "value_1_u2044_2"),
    ],
)  # fmt: skip
def test_a_text_is_spelled_as_a_name(text: str, name: str) -> None:
    assert member_name(text) == name


@settings(deadline=None)
@given(lists(text_values(characters(exclude_categories=["C"]), max_size=8), unique=True, min_size=1, max_size=6))
@example(["a b", "a.b"])
@example(["dark-blue", "dark_blue"])
@example(["dark_blue", "dark-blue"])
@example(["A", "a"])
@example(["0''\uac01\uac01"])
def test_names_are_legal_and_apart_or_a_finding_says_so(values: list[str]) -> None:
    """Here, or where names of all targets are held apart."""
    with TemporaryDirectory() as folder:
        schemas, _, rules = read(
            Path(folder), f"T: {{type: string, enum: {json.dumps(values, ensure_ascii=False)}}}", "T"
        )
    enum, later = schemas.definitions["T"], Findings()
    assert isinstance(enum, Enum)
    check_clashes(replace(shipped(), definitions={"T": enum}), later)
    names = [name.replace("-", "_").lower() for name, _ in enum.members]
    assert all(SNAKE.match(name) for name in names)
    assert set(rules) <= {"S014"}
    assert bool(rules or len(later)) == (len(set(names)) < len(values) or max(map(len, names)) > MAX_LENGTH)


def test_a_name_that_is_said_stands_for_the_derived_one(tmp_path: Path) -> None:
    for names in ("[day, week]", "{1d: day, 1w: week}", "{1w: week, '1d': day}"):
        folder = tmp_path / names[:4]
        folder.mkdir()
        schemas, _, rules = read(folder, f"T: {{type: string, enum: [1d, 1w], x-enum-names: {names}}}", "T")
        enum = schemas.definitions["T"]
        assert isinstance(enum, Enum)
        assert (enum.members, rules) == ((("day", "1d"), ("week", "1w")), [])
    schemas, _, _ = read(tmp_path, "T: {type: string, enum: [1d, 1w], x-enum-names: {1w: week}}", "T")
    assert schemas.definitions["T"] == Enum("T", (("value_1d", "1d"), ("week", "1w")))


@pytest.mark.parametrize(
    "text",
    [
        "T: {type: string, enum: []}",
        "T: {type: string, enum: [a, a]}",
        "T: {type: string, enum: [a/b, a.b]}",
        "T: {type: string, enum: [a/b, a_b]}",
        "T: {type: string, enum: [a, b], x-enum-names: [a]}",
        "T: {type: string, enum: [a, b], x-enum-names: [Big, Big]}",
        "T: {type: string, enum: [a, b], x-enum-names: [so-so, so-so]}",
        "T: {type: string, enum: [a, b], x-enum-names: {c: a}}",
        "T: {type: string, enum: [a, b], x-enum-names: {a: b}}",
        "T: {type: string, enum: [a, b], x-enum-names: {a: 1st}}",
        "T: {type: integer, enum: [1, 2], x-enum-names: {'1': one}}",
        'T: {type: string, enum: [a, "\\0"]}',
        f"T: {{type: string, enum: [{'é ' * 40}]}}",
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
