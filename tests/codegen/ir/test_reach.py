"""What refers to what, and which types have no end."""

from __future__ import annotations

import pytest

from codegen.ir.reach import endless, holds_itself, names, reachable
from codegen.ir.types import Bool, Definition, Field, ListOf, MapOf, Named, Record, Type, Union


def record(name: str, kind: Type, *, required: bool = True, nullable: bool = False) -> dict[str, Definition]:
    return {name: Record(name, (Field("f", kind, required, nullable),))}


def test_a_type_names_what_is_in_its_lists_and_maps() -> None:
    assert names(ListOf(MapOf(Named("A"), None), 0, None)) == ["A"]
    assert names(Bool()) == []


def test_reachable_is_transitive_and_ends_in_circles() -> None:
    definitions = record("A", Named("B")) | record("B", Named("A")) | record("C", Bool())
    assert reachable(definitions, ["A"]) == {"A", "B"}
    assert holds_itself(definitions, ["A"])
    assert not holds_itself(definitions, ["C"])


@pytest.mark.parametrize(
    ("definitions", "found"),
    [
        (record("A", Named("A")), ["A"]),
        (record("A", Named("A"), required=False), []),
        (record("A", Named("A"), nullable=True), []),
        (record("A", ListOf(Named("A"), 0, None)), []),
        (record("A", ListOf(Named("A"), 1, None)), ["A"]),
        (record("A", MapOf(Named("A"), None)), []),
        (record("A", Named("B")) | record("B", Named("A")), ["A", "B"]),
        (record("A", Named("B")) | record("B", Named("B")), ["A", "B"]),
        (record("A", Named("U")) | record("B", Bool()) | {"U": Union("U", "kind", (("a", "A"), ("b", "B")))}, []),
        (record("A", Named("U")) | {"U": Union("U", "kind", (("a", "A"),))}, ["A", "U"]),
    ],
)
def test_a_type_without_a_finite_value_is_found(definitions: dict[str, Definition], found: list[str]) -> None:
    assert endless(definitions) == found
