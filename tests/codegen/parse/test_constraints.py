"""Counts, bounds and patterns of a schema are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("minLength: 1\n  maxLength: 200", "minLength: one\n  maxLength: 200", "S021"),
        ("minLength: 1\n  maxLength: 200", "minLength: 1\n  pattern: '['", "S008"),
        ("minLength: 1\n  maxLength: 200", "minLength: 1\n  pattern: '(?=a)b'", "S008"),
        ("minLength: 1\n  maxLength: 200", "minLength: 1\n  pattern: '(a)\\1'", "S008"),
        ("minimum: 1\n", "minimum: true\n", "S021"),
        ("minLength: 1\n  maxLength: 200", "minLength: -1", "S021"),
        ("minLength: 1\n  maxLength: 200", "maxLength: 99999999999999999999", "S021"),
        ("minLength: 1\n  maxLength: 200", "minLength: 300\n  maxLength: 200", "S006"),
    ],
)
def test_a_constraint_that_is_none_is_a_finding(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, ("schemas/artist.yaml", old, new)))


@pytest.mark.parametrize(
    ("bounds", "rule"),
    [
        ("minimum: '0'", "S021"),
        ("minimum: true", "S021"),
        ("maximum: 1e999", "S021"),
        ("minimum: 5, maximum: 1", "S006"),
        ("format: single", "S007"),
        ("format: int32", "S007"),
    ],
)
def test_the_bounds_of_a_number_are_finite_numbers_in_order(tmp_path: Path, bounds: str, rule: str) -> None:
    edit = ("schemas/things.yaml", "radius: {type: number, minimum: 0}", f"radius: {{type: number, {bounds}}}")
    assert rules(edited(tmp_path, edit, case="p51_everything")) == {rule}


def test_a_list_can_hold_its_least_number_of_items(tmp_path: Path) -> None:
    edit = ("schemas/things.yaml", "maxItems: 100", "minItems: 200, maxItems: 100")
    assert rules(edited(tmp_path, edit, case="p51_everything")) == {"S006"}
