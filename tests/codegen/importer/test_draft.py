"""What reaches which schema."""

from __future__ import annotations

from codegen.importer.draft import Draft, Ref, refs


def test_references_are_found_wherever_they_stand() -> None:
    assert sorted(refs({"a": [Ref("A"), {"b": Ref("B", "/properties/items")}], "c": 1})) == ["A", "B"]


def test_what_is_reached_is_reached_through_others_and_in_circles() -> None:
    draft = Draft(schemas={"A": {"x": Ref("B")}, "B": {"x": Ref("A")}, "C": {}})
    assert draft.reached({"schema": Ref("A")}) == {"A", "B"}
