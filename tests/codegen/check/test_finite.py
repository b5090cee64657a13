"""A type of which every value would hold another is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

OLD = "ArtistRef:\n  type: object\n  required: [artist_id]\n  properties:\n"


@pytest.mark.parametrize(
    ("field", "is_endless"),
    [
        ("    next: {$ref: '#/ArtistNext'}\n", True),
        ("    next: {oneOf: [{$ref: '#/ArtistNext'}, {type: 'null'}]}\n", False),
        ("    next: {type: array, minItems: 1, items: {$ref: '#/ArtistNext'}}\n", True),
        ("    next: {type: array, items: {$ref: '#/ArtistNext'}}\n", False),
    ],
)
def test_a_type_needs_an_end(tmp_path: Path, field: str, is_endless: bool) -> None:
    nested = f"ArtistNext:\n  type: object\n  required: [next]\n  properties:\n{field}"
    loaded = edited(
        tmp_path,
        ("schemas/artist.yaml", OLD, nested + OLD.replace("[artist_id]", "[artist_id, chain]") + "    chain: {$ref: '#/ArtistNext'}\n"),
    )  # fmt: skip
    assert ("S027" in rules(loaded)) == is_endless
