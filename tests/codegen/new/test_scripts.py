"""What is written refers to what is there: a path's own schema, the item's file, the block of a path that exists."""

from __future__ import annotations

from codegen.edits import apply
from codegen.new.operation import NewOperation
from codegen.new.scripts import Scripts
from codegen.pipeline import load
from tests.codegen.contracts import ROOT


def written(wanted: NewOperation) -> dict[str, str]:
    """What each file gets."""
    loaded = load(ROOT / "specs")
    sources = loaded.dialects.documents.sources
    texts = apply(Scripts(loaded, wanted).edits(), sources)
    return {file: text for file, text in texts.items() if text != sources.get(file)}


def test_a_method_of_a_path_that_exists_goes_into_its_block_and_takes_its_parameter() -> None:
    wanted = NewOperation("rename_artist", "artists", roles=("admin",), path="/api/artists/{artist_id}", method="patch")
    texts = written(wanted)
    assert "specs/openapi.yaml" not in texts
    single = texts["specs/http/artists.yaml"].partition("\nsingle:")[2].partition("\nartist:")[0]
    assert "\n  patch:\n    operationId: rename_artist\n" in single
    assert single.count("name: artist_id") == 1
    assert "    artist_id: {$ref: '#/ArtistId'}\n" in texts["specs/schemas/artist.yaml"]


def test_a_parameter_without_a_schema_gets_one_of_its_own() -> None:
    texts = written(
        NewOperation("get_shelf", "shelves", roles=("admin",), path="/api/shelves/{shelf_id}", is_query=True)
    )
    schemas = texts["specs/schemas/shelves.yaml"]
    assert "ShelfId: {type: integer, format: int64," in schemas
    assert "schema: {$ref: '../schemas/shelves.yaml#/ShelfId'}" in texts["specs/http/shelves.yaml"]
    assert "{name: shelves, description: Shelves.}" in texts["specs/openapi.yaml"]


def test_an_item_of_another_feature_is_referred_to_where_it_stands() -> None:
    texts = written(NewOperation("list_shelf", "shelves", roles=("admin",), is_paginated=True, result="Artist"))
    schemas = texts["specs/schemas/shelves.yaml"]
    assert "items: {$ref: 'artist.yaml#/Artist'}" in schemas
    assert "meta: {$ref: 'page.yaml#/PageMeta'}" in schemas
    assert "cursor: {type: string" in schemas
