"""Absent and zero are one on the wire of proto3 unless both sides tell them apart; what that breaks is found on both sides."""

from __future__ import annotations

import pytest

from codegen.breaking.presence import compare_presence
from codegen.ir.operations import Binding, Contract
from codegen.ir.types import Bool, Bytes, Definition, Enum, Field, Float, Int, ListOf, Named, Record, String, Text, Type
from tests.codegen.contracts import shipped

ANSWERS, REQUESTS = "answers", "requests"
ZERO = Enum("Zero", (("none", 0), ("one", 1)))
UNSET = Enum("Unset", (("one", "one"),))


def contract(one: Field | None, way: str) -> Contract:
    """A record of at most one field, which goes one way."""
    definitions: dict[str, Definition] = {"R": Record("R", (one,) if one else ()), "Zero": ZERO, "Unset": UNSET}
    names = frozenset({"R"})
    return Contract(
        shipped().info, shipped().socket_info, definitions, (), (), (), (), (), (), (), (), shipped().frames, bindings={"R": Binding("r", "R")},
        results=names if way == ANSWERS else frozenset(), inputs=names if way == REQUESTS else frozenset(),
    )  # fmt: skip


def changes(old: Field | None, new: Field | None, way: str) -> bool:
    return bool(list(compare_presence(contract(old, way), contract(new, way))))


def plain(kind: Type) -> Field:
    return Field("f", kind, True)


def optional(kind: Type, default: object = None) -> Field:
    return Field("f", kind, False, has_default=default is not None, default=default)


@pytest.mark.parametrize(
    ("kind", "has_zero"),
    [
        (Bool(), True), (Bytes(), True), (Int(32, 0, 9), True), (Int(32, 1, 9), False), (Int(32, -5, -1), False),
        (Float(), True), (Float(0.5), False), (String(), True), (String(1), False), (String(pattern="^a+$"), False),
        (String(pattern="^a*$"), True), (String(const="a"), False), (Text("date"), False), (Named("R"), False),
        (Named("Zero"), True), (Named("Unset"), False),
    ],
)  # fmt: skip
def test_silence_becomes_a_value_or_a_zero_silence(kind: Type, has_zero: bool) -> None:
    assert changes(optional(kind), plain(kind), REQUESTS)
    assert changes(plain(kind), optional(kind), REQUESTS) is has_zero
    assert changes(plain(kind), optional(kind), ANSWERS)
    assert changes(optional(kind), plain(kind), ANSWERS) is has_zero


def test_a_default_of_zero_is_what_silence_says() -> None:
    zero, five = optional(Int(32, 0, 9), 0), optional(Int(32, 0, 9), 5)
    assert not changes(zero, plain(Int(32, 0, 9)), REQUESTS)
    assert not changes(plain(Int(32, 0, 9)), zero, REQUESTS)
    assert changes(five, plain(Int(32, 0, 9)), REQUESTS)
    assert not changes(plain(Int(32, 0, 9)), five, ANSWERS), "an answer's default is written"
    assert changes(five, plain(Int(32, 0, 9)), ANSWERS), "zero is not"


def test_only_what_may_not_be_silent_is_missed() -> None:
    for one, is_missed in (
        (plain(Bool()), True), (optional(Bool()), False), (Field("f", Bool(), True, nullable=True), False),
        (plain(ListOf(Bool())), False), (plain(ListOf(Bool(), 1)), True),
    ):  # fmt: skip
        assert changes(None, one, REQUESTS) is is_missed
        assert changes(one, None, ANSWERS) is is_missed
        assert not changes(one, None, REQUESTS)
        assert not changes(None, one, ANSWERS)


def test_a_list_has_no_presence() -> None:
    assert not changes(plain(ListOf(Bool())), Field("f", ListOf(Bool()), False, has_default=True, default=[]), ANSWERS)
