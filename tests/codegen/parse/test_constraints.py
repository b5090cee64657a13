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
    ],
)
def test_a_constraint_that_is_none_is_a_finding(tmp_path: Path, old: str, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, ("schemas/author.yaml", old, new)))
