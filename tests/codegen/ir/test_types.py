"""Types are values: equal by what they are, not by where they stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codegen.diagnostics import Place
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    Shape,
    String,
    Text,
    Type,
    describe,
    limits,
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Bool(), "boolean"), (Int(32, 0, 1), "integer(int32)"), (Float(), "number(double)"), (String(), "string"),
     (Text("uuid"), "string(uuid)"), (DateTime(), "string(date-time)"), (Duration(), "string(duration)"),
     (Bytes(), "string(base64)"), (ListOf(MapOf(Named("A"))), "array of map of A")],
)  # fmt: skip
def test_a_type_is_described_in_the_schema_s_words(kind: Type, text: str) -> None:
    assert describe(kind) == text


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Bool(), "nothing"), (String(), "nothing"), (Named("A"), "nothing"), (Int(64, 1, 10), "minimum 1, maximum 10"),
     (Int(32, 0, 9, multiple_of=3), "minimum 0, maximum 9, multipleOf 3"), (String(max_length=5, form="uri"), "maxLength 5"),
     (Text("uuid", shape=Shape(pattern="^a")), "pattern ^a"), (ListOf(Bytes(8), unique_items=True), "maxLength 8, uniqueItems True")],
)  # fmt: skip
def test_what_bounds_a_type_is_said_in_the_schema_s_words(kind: Type, text: str) -> None:
    assert limits(kind) == text


def test_a_place_is_no_part_of_a_field() -> None:
    one = Field("a", Bool(), required=True)
    assert one == replace(one, place=Place("x", 3, 4))
    assert one != replace(one, required=False)


def test_a_record_finds_its_fields_by_name() -> None:
    one = Field("a", ListOf(Bool()), required=True)
    record = Record("R", (one,))
    assert (record.field("a"), record.field("b"), one.is_collection) == (one, None, True)
