"""Operations of OpenAPI: names, features, fields apart on every carrier, and what does not arrive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.importer import Imported
from tests.codegen.importer.documents import answers, imported, openapi, said

OK = answers({"type": "object", "properties": {"id": {"type": "string"}}})
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}
    },
}


def http(found: Imported, feature: str = "things") -> str:
    assert found.files, found.left
    return found.files[f"http/{feature}.yaml"]


def test_a_feature_is_the_first_tag_or_the_first_word_of_the_path(tmp_path: Path) -> None:
    paths = {"/a": {"get": {"tags": ["My Things"], "responses": OK}}, "/api/v2/shops/{id}": {"get": {"parameters": [ID], "responses": OK}},
             "/login": {"post": {"tags": ["auth"], "responses": OK}}}  # fmt: skip
    found = imported(tmp_path, openapi(paths))
    assert {"http/my_things.yaml", "http/shops.yaml", "http/auth_api.yaml"} <= set(found.files)


def test_operation_ids_are_in_snake_case_and_those_that_are_missing_are_made(tmp_path: Path) -> None:
    paths = {
        "/things": {"get": {"operationId": "listThings", "responses": OK}, "post": {"responses": OK}},
        "/things/{id}": {"get": {"operationId": "list-things", "parameters": [ID], "responses": OK}},
    }
    text = http(imported(tmp_path, openapi(paths)))
    assert [line.split()[1] for line in text.splitlines() if "operationId" in line] == [
        "list_things",
        "create_thing",
        "list_things_of_things",
    ]


def test_what_stands_in_the_path_gives_way_to_the_body(tmp_path: Path) -> None:
    paths = {
        "/things/{id}": {"parameters": [ID], "put": {"requestBody": BODY, "responses": OK}, "get": {"responses": OK}}
    }
    found = imported(tmp_path, openapi(paths))
    assert "/things/{thing_id}" in found.files["openapi.yaml"]
    assert http(found).count("name: thing_id") == 2
    assert not any("I011" in one for one in said(found.losses))


@pytest.mark.parametrize(
    ("paths", "why"),
    [
        ({"/things": {"head": {"responses": OK}}}, "HEAD is not served"),
        ({"/health": {"get": {"responses": OK}}}, "the platform answers this path itself"),
        ({"/<x>": {"get": {"responses": OK}}}, "its path is not made of plain segments and whole parameters"),
        ({"/things": {"get": {"responses": {"302": {"description": "There."}}}}}, "it has no response that is a success"),
        ({"/a/{x}": {"get": {"responses": OK}}, "/a/{y}": {"get": {"responses": OK}}}, "another operation is served at its path"),
    ],
)  # fmt: skip
def test_an_operation_that_does_not_arrive_is_named(tmp_path: Path, paths: Any, why: str) -> None:
    found = imported(tmp_path, openapi(paths))
    assert [one.why for one in found.losses.unarrived] == [why]
    assert found.losses.arrived == found.losses.total - 1
    assert found.files


def test_path_and_parameters_are_made_to_agree(tmp_path: Path) -> None:
    other = {"name": "gone", "in": "path", "required": True, "schema": {"type": "string"}}
    found = imported(tmp_path, openapi({"/things/{id}": {"get": {"parameters": [other], "responses": OK}}}))
    assert "{name: id, in: path, required: true, schema: {type: string}}" in http(found)
    lines = said(found.losses)
    assert any("'gone' of GET /things/{id} is not in the path" in one for one in lines)
    assert any("'id' of GET /things/{id} is a text" in one for one in lines)


def test_pages_arrive_as_they_are_and_their_pager_is_missed(tmp_path: Path) -> None:
    cursor = {"name": "starting_after", "in": "query", "schema": {"type": "string"}}
    found = imported(tmp_path, openapi({"/things": {"get": {"parameters": [cursor], "responses": OK}}}))
    assert "name: starting_after" in http(found)
    assert any("pages are walked by callers" in one for one in said(found.losses))


def test_what_else_an_operation_has_is_counted(tmp_path: Path) -> None:
    operation = {
        "responses": OK,
        "servers": [],
        "callbacks": {"done": {}},
        "x-code": 1,
        "tags": ["things", "more"],
        "requestBody": BODY,
    }
    found = imported(tmp_path, openapi({"/things": {"summary": "All", "get": operation}}))
    text = "\n".join(said(found.losses))
    for part in (
        "'servers' of operations",
        "the callback 'done'",
        "'x-code' of operations",
        "'summary' of paths",
        "the body of GET /things is left out",
    ):
        assert part in text
