"""Every x- word is known, and its value fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        ("x-idempotent: key\n    x-colour: red", "W001"),
        ("x-idempotent: sometimes", "W002"),
        ("x-idempotent: [key]", "W002"),
    ],
)
def test_an_unknown_word_and_a_wrong_value_are_refused(tmp_path: Path, new: str, rule: str) -> None:
    assert rule in rules(edited(tmp_path, ("http/authors.yaml", "x-idempotent: key", new)))


def test_a_property_may_be_called_like_a_word(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (
            "schemas/author.yaml",
            "  properties:\n    author:",
            "  properties:\n    x-rays: {type: boolean}\n    author:",
        ),
    )
    assert "W001" not in rules(loaded)
