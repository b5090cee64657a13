"""Bodies and answers: one record each; other statuses, contents, headers and links are said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.answers import read_body, read_responses
from codegen.importer.links import Ends, Links
from codegen.importer.nodes import mapping
from tests.codegen.importer.documents import openapi, said, types_of

RECORD = {"type": "object", "properties": {"id": {"type": "string"}}}
JSON = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
OTHER = {"content": {"application/json": {"schema": {"type": "object", "properties": {"no": {"type": "string"}}}}}}


def responses(folder: Path, operation: dict[str, Any]) -> tuple[Any, list[str]]:
    types, source = types_of(folder, openapi({"/x": {"get": operation}}, {"Thing": RECORD}))
    node = mapping(source.root, "paths", "/x", "get")
    assert node is not None
    links = Links(types, types.losses)
    found = read_responses(types, links, Ends("get_x"), node, "GET /x", "GetX")
    links.settle()
    return found, said(types.losses)


@pytest.mark.parametrize(
    ("given", "statuses", "loss"),
    [
        ({"200": JSON}, ["200"], ""),
        ({"200": JSON, "201": JSON}, ["200", "201"], ""),
        ({"204": {}}, ["204"], ""),
        ({"200": {}}, ["204"], "I017 GET /x answers 204 and not 200"),
        ({"202": {}, "204": {}}, ["204"], "I017 GET /x answers 204 and not 202"),
        ({"default": JSON}, ["200"], "I017 GET /x answers 200 and not default"),
        ({"2XX": JSON}, ["200"], "I017 GET /x answers 200 and not 2XX"),
        ({"200": JSON, "204": {}}, ["200"], "I017 GET /x does not answer 204, which has no content"),
        ({"200": JSON, "202": OTHER}, ["200"], "I017 GET /x does not answer 202, which has another content"),
        ({"200": JSON, "304": {}}, ["200"], "I017 the response 304 is left out: only successes and errors are answered"),
        ({"200": {**JSON, "headers": {"Link": {}}}}, ["200"], "I015 the header 'Link' of an answer of GET /x is left out"),
        ({"200": {**JSON, "links": {"next": {}}}}, ["200"], "I017 the link 'next' of GET /x is left out: it leads to no operation that arrived"),
        ({"200": {**JSON, "x-cost": 1}}, ["200"], "I020 'x-cost' of responses is left out"),
    ],
)  # fmt: skip
def test_successes_arrive_or_are_said(tmp_path: Path, given: dict[str, Any], statuses: list[str], loss: str) -> None:
    found, losses = responses(tmp_path, {"responses": given})
    assert list(found) == statuses
    assert losses == ([loss] if loss else [])


def test_without_a_success_there_is_no_answer(tmp_path: Path) -> None:
    assert responses(tmp_path, {"responses": {"404": {}}})[0] is None


def test_a_body_keeps_what_is_said_of_it_and_has_to_come(tmp_path: Path) -> None:
    types, source = types_of(
        tmp_path, openapi({"/x": {"post": {"requestBody": {"description": "All of it.", **JSON}}}}, {"Thing": RECORD})
    )
    node = mapping(source.root, "paths", "/x", "post")
    assert node is not None
    body = read_body(types, node, "POST /x", "PostX")
    assert body is not None
    assert body.record is not None
    assert (body.record.name, body.description) == ("Thing", "All of it.")
    assert said(types.losses) == ["I013 a body may not be left out; one of which nothing is required is `{}`"]
