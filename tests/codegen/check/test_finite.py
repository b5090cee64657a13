"""A type of which every value would hold another is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

OLD = "AuthorRef:\n  type: object\n  required: [author_id]\n  properties:\n"


@pytest.mark.parametrize(
    ("field", "is_endless"),
    [
        ("    next: {$ref: '#/AuthorNext'}\n", True),
        ("    next: {oneOf: [{$ref: '#/AuthorNext'}, {type: 'null'}]}\n", False),
        ("    next: {type: array, minItems: 1, items: {$ref: '#/AuthorNext'}}\n", True),
        ("    next: {type: array, items: {$ref: '#/AuthorNext'}}\n", False),
    ],
)
def test_a_type_needs_an_end(tmp_path: Path, field: str, is_endless: bool) -> None:
    nested = f"AuthorNext:\n  type: object\n  required: [next]\n  properties:\n{field}"
    loaded = edited(
        tmp_path,
        ("schemas/author.yaml", OLD, nested + OLD.replace("[author_id]", "[author_id, chain]") + "    chain: {$ref: '#/AuthorNext'}\n"),
    )  # fmt: skip
    assert ("S027" in rules(loaded)) == is_endless
