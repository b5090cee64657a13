"""A link names an operation, its parameters and places that exist; anything else is a finding at that word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.codegen.contracts import edited, rules

HTTP, CASE = "http/things.yaml", "p51_everything"
MADE = "      '201':\n        description: Done.\n"


def linked(folder: Path, link: str, more: str = "") -> set[str]:
    text = f"{MADE}{more}        links: {{next: {link}}}\n"
    return rules(edited(folder, (HTTP, MADE, text), case=CASE))


@pytest.mark.parametrize(
    "link",
    [
        "{operationId: get_thing, parameters: {thing_id: $response.body#/id}}",
        "{operationId: get_thing, parameters: {path.thing_id: $response.body#/shape/side}, description: The thing.}",
        "{operationId: get_things, parameters: {name: $request.body#/name, query.page: 1}}",
        "{operationId: get_things, parameters: {name: '{$response.body#/name}-{$statusCode}'}}",
        "{operationId: change_thing, parameters: {thing_id: 5}, requestBody: $request.body}",
        "{operationId: get_things, parameters: {name: $response.body#/counts/any}}",
        "{operationId: get_things, parameters: {name: $response.body#/tags/0}}",
        "{operationId: get_things}",
    ],
)
def test_what_there_is_may_be_named(tmp_path: Path, link: str) -> None:
    assert linked(tmp_path, link) == set()


@pytest.mark.parametrize(
    "link",
    [
        "{operationId: get_thin, parameters: {thing_id: $response.body#/id}}",
        "{operationId: thing_made}",
        "{operationRef: '#/paths/x'}",
        "{parameters: {thing_id: 5}}",
        "{operationId: get_thing, parameters: {id: $response.body#/id}}",
        "{operationId: get_thing, parameters: {query.thing_id: $response.body#/id}}",
        "{operationId: get_thing, parameters: {thing_id: $response.body#/ids}}",
        "{operationId: get_thing, parameters: {thing_id: $response.body#/shape/length}}",
        "{operationId: get_thing, parameters: {thing_id: $response.body#/id/more}}",
        "{operationId: get_thing, parameters: {thing_id: $response.body#/tags/first}}",
        "{operationId: get_thing, parameters: {thing_id: $response.body#id}}",
        "{operationId: get_thing, parameters: {thing_id: $response.header.Version}}",
        "{operationId: get_thing, parameters: {thing_id: $request.path.thing_id}}",
        "{operationId: get_thing, parameters: {thing_id: $request.body#/id}}",
        "{operationId: get_thing, parameters: {thing_id: $answer}}",
        "{operationId: get_thing, parameters: {thing_id: 'a{$request.query.x}'}}",
        "{operationId: change_thing, requestBody: $request.body#/nothing}",
        "{operationId: get_thing, parametres: {thing_id: 5}}",
    ],
)
def test_what_there_is_not_is_a_finding(tmp_path: Path, link: str) -> None:
    assert linked(tmp_path, link) == {"O016"}


def test_a_header_of_the_answer_is_named_in_any_case(tmp_path: Path) -> None:
    header = "        headers: {X-Version: {x-field: version, schema: {type: integer, format: int64}}}\n"
    link = "{operationId: get_thing, parameters: {thing_id: $response.header.%s}}"
    assert linked(tmp_path / "a", link % "x-version", header) == set()
    assert linked(tmp_path / "b", link % "x-other", header) == {"O016"}
