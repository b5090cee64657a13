"""The bounds of a number on both sides, and what it is a multiple of."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.ir.types import INT64, Float, Int, Text, Type
from tests.codegen.contracts import edited, rules

THINGS, CASE = "schemas/things.yaml", "p51_everything"
PRICE, SIDE, RADIUS = "{type: string, format: decimal}", "{type: integer, format: int32}", "{type: number, minimum: 0}"


def read(folder: Path, owner: str, field: str, old: str, new: str) -> Type | None:
    loaded = edited(folder, (THINGS, f"{field}: {old}", f"{field}: {new}"), case=CASE)
    assert not rules(loaded) - {"X012", "X013"}, loaded.report()
    one = loaded.contract.record(owner).field(field)
    return one.type if one else None


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ("exclusiveMinimum: 0, exclusiveMaximum: 10", Int(32, 1, 9)),
        ("minimum: 0, exclusiveMinimum: 0", Int(32, 1, 2**31 - 1)),
        ("minimum: 5, exclusiveMinimum: 0, maximum: 7, exclusiveMaximum: 10", Int(32, 5, 7)),
        ("exclusiveMaximum: 2147483648", Int(32, -(2**31), 2**31 - 1)),
        ("minimum: 0, maximum: 9, multipleOf: 9", Int(32, 0, 9, 9)),
        ("minimum: 0, maximum: 9, multipleOf: 1", Int(32, 0, 9)),
    ],
)
def test_an_integer_s_bounds_become_inclusive(tmp_path: Path, bounds: str, expected: Type) -> None:
    assert read(tmp_path, "Square", "side", SIDE, f"{{type: integer, format: int32, {bounds}}}") == expected


def test_the_exclusive_end_of_a_width_is_its_last_number(tmp_path: Path) -> None:
    found = read(tmp_path, "Square", "side", SIDE, f"{{type: integer, format: int64, exclusiveMaximum: {2**63}}}")
    assert found == Int(64, *INT64)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ("exclusiveMinimum: 0, maximum: 1", Float(None, 1.0, 0.0)),
        ("minimum: 0, exclusiveMinimum: 0", Float(exclusive_minimum=0.0)),
        ("minimum: 1, exclusiveMinimum: 0", Float(1.0)),
        ("maximum: 5, exclusiveMaximum: 4, multipleOf: 0.5", Float(exclusive_maximum=4.0, multiple_of=0.5)),
        ("minimum: 1, exclusiveMaximum: 1.0000000000000002", Float(1.0, exclusive_maximum=1.0000000000000002)),
    ],
)
def test_of_two_bounds_on_a_side_the_narrower_counts(tmp_path: Path, bounds: str, expected: Type) -> None:
    assert read(tmp_path, "Circle", "radius", RADIUS, f"{{type: number, {bounds}}}") == expected


@pytest.mark.parametrize(("step", "expected"), [("0.01", "0.01"), ("1", "1"), ("100", "100"), ("1e-7", "0.0000001")])
def test_a_decimal_is_a_multiple_of_a_power_of_ten(tmp_path: Path, step: str, expected: str) -> None:
    found = read(tmp_path, "Thing", "price", PRICE, f"{{type: string, format: decimal, multipleOf: {step}}}")
    assert found == Text("decimal", expected)


@pytest.mark.parametrize(
    ("field", "old", "new", "rule"),
    [
        ("radius", RADIUS, "{type: number, exclusiveMinimum: 1, maximum: 1}", "S006"),
        ("radius", RADIUS, "{type: number, exclusiveMinimum: 1, exclusiveMaximum: 1.0000000000000002}", "S006"),
        ("radius", RADIUS, "{type: number, minimum: 0.1, maximum: 0.2, multipleOf: 0.3}", "S006"),
        ("radius", RADIUS, "{type: number, multipleOf: 0}", "S021"),
        ("radius", RADIUS, "{type: number, multipleOf: -1}", "S021"),
        ("radius", RADIUS, "{type: number, exclusiveMaximum: false}", "S021"),
        ("side", SIDE, "{type: integer, format: int32, exclusiveMaximum: 1.5}", "S021"),
        ("side", SIDE, "{type: integer, format: int32, exclusiveMinimum: 2147483647}", "S006"),
        ("side", SIDE, "{type: integer, format: int32, minimum: 1, maximum: 4, multipleOf: 5}", "S006"),
        ("side", SIDE, "{type: integer, format: int32, multipleOf: 99999999999999999999}", "S021"),
        ("price", PRICE, "{type: string, format: decimal, multipleOf: 0.05}", "S028"),
        ("price", PRICE, "{type: string, format: decimal, multipleOf: -1}", "S028"),
        ("price", PRICE, "{type: string, format: decimal, multipleOf: 1e29}", "S028"),
        ("price", PRICE, "{type: string, format: date, multipleOf: 1}", "S004"),
    ],
)
def test_what_nothing_could_be_is_a_finding(tmp_path: Path, field: str, old: str, new: str, rule: str) -> None:
    edit = (THINGS, f"{field}: {old}", f"{field}: {new}")
    assert rules(edited(tmp_path, edit, case=CASE)) - {"X012"} == {rule}
