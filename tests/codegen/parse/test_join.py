"""A fact of two dialects is equal in both, or both places are named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.codegen.contracts import edited, shipped

PACKAGES, HTTP = "packages/artists.yaml", "http/artists.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("asyncapi.yaml", "version: 1.0.0", "version: 2.0.0", "J001"),
        (PACKAGES, "x-pkg-id: 3\n", "x-pkg-id: 3\n    x-idempotent: natural\n", "J002"),
        (PACKAGES, "payload: {$ref: '../schemas/artist.yaml#/ArtistInput'}", "payload: {$ref: '../schemas/artist.yaml#/ArtistRef'}", "J004"),
        (PACKAGES, "payload: {$ref: '../schemas/artist.yaml#/ArtistPage/properties/items'}", "payload: {$ref: '../schemas/artist.yaml#/ArtistList/properties/items'}", "J006"),
        (PACKAGES, "{$ref: '../policy.yaml#/roles/create-artist'}", "{$ref: '../policy.yaml#/roles/admin'}", "J007"),
        (HTTP, "x-idempotent: key", "x-idempotent: key\n    x-timeout: soon", "J008"),
        (PACKAGES, "x-topic: artists", "", "J009"),
    ],
)  # fmt: skip
def test_a_difference_is_one_finding(tmp_path: Path, file: str, old: str, new: str, rule: str) -> None:
    loaded = edited(tmp_path, (file, old, new))
    found = [one for one in loaded.findings if one.rule == rule]
    assert found, loaded.report()
    assert all(one.other for one in found) or rule in ("J008", "J009")


def test_errors_follow_from_what_an_operation_is() -> None:
    operations = {one.name: one for one in shipped().operations}
    assert {"security", "body", "idempotency-key", "command", "rate-limit"} <= set(
        operations["create_artist"].implied_kinds()
    )
    assert set(operations["livez"].implied_kinds()) == {"any"}
    assert "artist_name_taken" in operations["create_artist"].errors
    assert "outcome_unknown" not in operations["get_artist"].errors


def test_the_hash_is_of_the_meaning_and_not_of_the_text(tmp_path: Path) -> None:
    same = edited(tmp_path / "a", ("schemas/artist.yaml", "# Shared", "# Still shared"))
    other = edited(
        tmp_path / "b", ("policy.yaml", "limit: 600, window: 60s, key: user", "limit: 601, window: 60s, key: user")
    )
    assert same.contract.hash == shipped().hash != other.contract.hash


def test_a_key_is_input_that_may_be_malformed() -> None:
    operation = replace(next(one for one in shipped().operations if one.name == "livez"), idempotency="key")
    assert {"input", "idempotency-key"} <= set(operation.implied_kinds())


def test_a_frame_without_fields_is_input_all_the_same() -> None:
    """Its `data` may be a list, and its `meta` may be wrong; that is told by a code which the operation declares."""
    operation = replace(next(one for one in shipped().operations if one.name == "livez"), pkg_id=9001)
    assert not operation.request.fields
    assert "input" in set(operation.implied_kinds())
