"""What an operation does is read of links, paths and records; what is not told is not guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.pipeline import load
from proof.mock.shapes import Kind, Shapes
from tests.codegen.contracts import contract_of, edited, shipped


@pytest.mark.parametrize(
    ("operation", "kind", "keys"),
    [
        ("create_artist", Kind.CREATE, {}),
        ("get_artist", Kind.READ, {"artist_id": "id"}),
        ("update_artist", Kind.UPDATE, {"artist_id": "id"}),
        ("delete_artist", Kind.DELETE, {"artist_id": "id"}),
        ("get_artists", Kind.LIST, {}),
        ("get_paginated_artists", Kind.LIST, {}),
        ("get_audit_log", Kind.READ, {"audit_log_id": "id"}),
        ("login", Kind.OTHER, {}),
        ("health", Kind.OTHER, {}),
    ],
)
def test_the_operations_of_a_resource_are_known(operation: str, kind: Kind, keys: dict[str, str]) -> None:
    shape = Shapes(shipped()).of[operation]
    assert (shape.kind, shape.keys) == (kind, keys)


def test_a_resource_has_its_identity_and_its_version() -> None:
    artist = Shapes(shipped()).resources["Artist"]
    assert (artist.identity, artist.version) == ("id", "version")
    assert Shapes(shipped()).of["update_artist"].expected == "expected_version"


def test_the_same_is_known_without_links(tmp_path: Path) -> None:
    text = (Path("specs") / "http" / "artists.yaml").read_text()
    links = text[text.index("        links:") : text.index("\npages:")]
    loaded = edited(tmp_path, ("http/artists.yaml", links, ""))
    assert Shapes(loaded.contract).of == Shapes(shipped()).of


def test_where_a_thing_is_read_is_known() -> None:
    found = Shapes(shipped()).reads_one("Artist")
    assert found is not None
    assert (found[0].name, found[1]) == ("get_artist", "artist_id")


def test_a_record_without_identity_is_no_resource(tmp_path: Path) -> None:
    shapes = Shapes(contract_of("p01_bool", tmp_path))
    assert {one.kind for one in shapes.of.values()} == {Kind.OTHER}
    assert shapes.resources == {}


def test_the_shipped_contract_of_this_folder_has_its_shapes() -> None:
    assert any(one.kind is Kind.CREATE for one in Shapes(load(Path("specs")).contract).of.values())
