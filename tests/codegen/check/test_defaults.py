"""A default is a value of its own type."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.check.defaults import fits
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
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
from tests.codegen.contracts import edited, rules, shipped


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Bool(), True, 1), (Int(32, 0, 5), 5, 6), (Int(32, 0, 5), 0, True), (Float(0.0, 1.0), 1, 1.5),
        (String(2, 3), "ab", "a"), (String(pattern="^a"), "ab", "b"), (String(const="x"), "x", "y"),
        (Text("date"), "2024-02-29", "2023-02-29"), (Text("decimal"), "1.5", "1,5"), (Text("uuid"), "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8f"),
        (DateTime(), "2024-01-01T00:00:00Z", "2024-01-01"), (Duration(), "PT1S", "1s"), (Bytes(), "AA==", "AA"),
        (Float(exclusive_minimum=0.0), 5e-324, 0), (Float(exclusive_maximum=1.0), 0.5, 1), (Float(multiple_of=0.1), 0.3, 0.25),
        (Int(32, 0, 9, 3), 6, 5), (Text("decimal", "0.01"), "1.50", "1.505"),
        (String(form="email"), "a@b.c", "a"), (String(form="password"), "", 1), (Text("date", shape=Shape(pattern="^2")), "2024-01-01", "1999-01-01"),
        (DateTime(Shape(pattern="Z$")), "2024-01-01T00:00:00Z", "2024-01-01T00:00:00+00:00"), (DateTime(Shape(0, 20)), "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z"),
        (ListOf(Float(), unique_items=True), [1, 2], [1, 1.0]), (ListOf(Text("decimal"), unique_items=True), ["1", "2"], ["1.0", "1.00"]),
        (ListOf(Bool()), [True], [1]), (MapOf(Bool()), {"a": True}, {"a": 1}), (Named("AuditDoor"), "http", "window"),
    ],
)  # fmt: skip
def test_a_value_fits_or_not(kind: Type, good: object, bad: object) -> None:
    assert fits(shipped(), kind, good)
    assert not fits(shipped(), kind, bad)


def test_a_default_that_its_own_schema_refuses_is_a_finding(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("schemas/artist.yaml", "maximum: 100, default: 20", "maximum: 100, default: 200"))
    assert "S023" in rules(loaded)


def test_a_number_without_an_end_is_no_default(tmp_path: Path) -> None:
    edit = (
        "schemas/things.yaml",
        "    price: {type: string, format: decimal}\nThingRef",
        "    price: {type: number, default: 1e999}\nThingRef",
    )
    assert "S023" in rules(edited(tmp_path, edit, case="p51_everything"))
