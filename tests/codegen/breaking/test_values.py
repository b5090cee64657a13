"""Values become fewer, more, both, or others altogether."""

from __future__ import annotations

import pytest

from codegen.breaking.values import Verdict, compare_types, outgrows, say
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Shape,
    String,
    Text,
    Type,
)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (Bool(), Bool(), (False, False)),
        (Int(32, 0, 9), Int(32, 0, 8), (True, False)),
        (Int(32, 0, 9), Int(64, 0, 10), (False, True)),
        (Int(32, 0, 9), Int(32, 1, 10), (True, True)),
        (Float(), Float(0.0), (True, False)),
        (Float(0.0), Float(), (False, True)),
        (Float(0.0), Float(exclusive_minimum=0.0), (True, False)),
        (Float(exclusive_maximum=1.0), Float(0.0, 1.0), (True, True)),
        (Float(exclusive_minimum=0.0), Float(exclusive_minimum=1.0), (True, False)),
        (Int(32, 0, 9), Int(32, 0, 9, 3), (True, False)),
        (Int(32, 0, 9, 3), Int(32, 0, 9, 9), (True, False)),
        (Int(32, 0, 9, 3), Int(32, 0, 9, 2), (True, True)),
        (Int(32, 0, 9, 2), Int(32, 0, 10, 4), (True, True)),
        (Float(multiple_of=0.1), Float(multiple_of=0.3), (True, False)),
        (Float(multiple_of=0.25), Float(multiple_of=0.1), (True, True)),
        (Text("decimal", "0.01"), Text("decimal", "0.1"), (True, False)),
        (Text("decimal"), Text("decimal", "1"), (True, False)),
        (ListOf(Bool()), ListOf(Bool(), unique_items=True), (True, False)),
        (String(), String(form="email"), (True, False)),
        (String(), String(form="password"), (False, False)),
        (String(form="uri"), String(form="email"), (True, True)),
        (String(0, 5, form="uri"), String(0, 9), (False, True)),
        (Text("date"), Text("date", shape=Shape(pattern="^2")), (True, False)),
        (Text("decimal", shape=Shape(1, 9)), Text("decimal", "1", Shape(1, 10)), (True, True)),
        (DateTime(), DateTime(Shape(0, 20)), (True, False)),
        (Duration(Shape(5)), Duration(Shape(6)), (True, False)),
        (DateTime(), Duration(), None),
        (ListOf(Bool(), 0, 5), ListOf(Bool(), 0, 6, True), (True, True)),
        (String(0, 5), String(0, 4), (True, False)),
        (String(1), String(0), (False, True)),
        (String(), String(pattern="a"), (True, False)),
        (String(pattern="a"), String(pattern="b"), (True, True)),
        (String(const="a"), String(const="b"), (True, True)),
        (Bytes(8), Bytes(), (False, True)),
        (File(8), File(9), (False, True)),
        (File(8, ("a/b",)), File(8, ("a/b", "a/c")), (False, True)),
        (File(8, ("a/b",)), File(8), (False, True)),
        (File(8, ("a/b",)), File(8, ("a/c",)), (True, True)),
        (File(8), File(8, ("a/c",)), (True, False)),
        (File(8), Bytes(8), None),
        (ListOf(Int(32, 0, 9)), ListOf(Int(32, 0, 8)), (True, False)),
        (ListOf(Bool(), 1), ListOf(Bool(), 0), (False, True)),
        (MapOf(Bool()), MapOf(Bool(), 3), (True, False)),
        (Text("date"), Text("uuid"), None),
        (Bool(), String(), None),
        (ListOf(Bool()), ListOf(String()), None),
        (Named("A"), Named("B"), None),
    ],
)  # fmt: skip
def test_verdicts_and_their_mirrors(old: Type, new: Type, verdict: Verdict | None) -> None:
    assert compare_types(old, new) == verdict
    assert compare_types(new, old) == (None if verdict is None else verdict[::-1])


@pytest.mark.parametrize(
    ("old", "new", "does"),
    [
        (Int(32, 0, 9), Int(64, 0, 2**31), True),
        (Int(32, 0, 9), Int(64, 0, 2**31 - 1), False),
        (Int(64, 0, 9), Int(64, 0, 2**31), False),
        (ListOf(Int(32, 0, 9)), ListOf(Int(64, -(2**40), 9)), True),
        (MapOf(Int(32, 0, 9)), MapOf(Int(64, 0, 2**40)), True),
        (String(const="a"), String(), True),
    ],
)
def test_a_value_may_outgrow_its_type(old: Type, new: Type, does: bool) -> None:
    assert outgrows(old, new) is does
    assert outgrows(new, old) is False


def test_a_type_is_said_with_its_bounds() -> None:
    assert say(String(1, 5, "^a")) == "string min_length=1 max_length=5 pattern=^a"
    assert say(Text("decimal", "0.01")) == "string(decimal) multiple_of=0.01"
    assert say(Text("date", shape=Shape(10, None, "^2"))) == "string(date) min_length=10 pattern=^2"
    assert say(ListOf(Bool(), unique_items=True)) == "array of boolean unique_items=True"
