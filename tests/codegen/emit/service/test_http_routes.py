"""Each HTTP operation has one binding with what its path, query and headers carry."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.service import http_routes
from codegen.emit.service.http_routes import created_location
from codegen.ir.operations import Contract, Http, Operation
from generated.http_routes import ROUTES
from tests.codegen.contracts import contract_of, shipped


def bindings(contract: Contract) -> list[dict[str, str]]:
    """The arguments of each binding, as they are written."""
    (file,) = http_routes.emit(contract)
    calls = [node for node in ast.walk(ast.parse(file.data)) if isinstance(node, ast.Call)]
    return [
        {one.arg or "": ast.unparse(one.value) for one in call.keywords}
        for call in calls
        if ast.unparse(call.func) == "HttpBinding"
    ]


def creating() -> Operation:
    return next(one for one in shipped().operations if one.name == "create_artist")


def created() -> Http:
    http = creating().http
    assert http
    return http


def test_a_parameter_is_read_by_its_type_and_a_list_field_by_field(tmp_path: Path) -> None:
    (binding,) = bindings(contract_of("p25_query_parameters", tmp_path))
    for name, reader, is_list in (
        ("ids", "int", True), ("colours", "text", True), ("colour", "text", False), ("flag", "bool", False),
        ("ratio", "float", False), ("since", "text", False), ("page", "int", False),
    ):  # fmt: skip
        listed = ", is_list=True" if is_list else ""
        assert f"HttpParameter('{name}', '{name}', FROM_TEXT['{reader}']{listed})" in binding["query_parameters"]
    assert "path_parameters" not in binding
    assert "has_body" not in binding


def test_a_version_is_carried_by_if_match_and_etag(tmp_path: Path) -> None:
    (binding,) = bindings(contract_of("p38_version_headers", tmp_path))
    assert (
        binding["header_parameters"]
        == "(HttpParameter('expected_version', 'If-Match', FROM_TEXT['int'], versions=(1, 999)),)"
    )
    assert binding["path_parameters"] == "(HttpParameter('thing_id', 'thing_id', FROM_TEXT['int']),)"
    assert (binding["etag"], binding["verb"]) == ("'version'", "'POST'")


def test_two_methods_of_a_path_are_two_bindings_and_a_socket_s_operation_is_none(tmp_path: Path) -> None:
    two = bindings(contract_of("p40_two_methods_one_path", tmp_path / "a"))
    assert len({one["path"] for one in two}) == 1
    assert len({one["verb"] for one in two}) == len(two) > 1
    assert bindings(contract_of("p31_socket_only", tmp_path / "b")) == []


def test_a_body_and_a_path_are_told_apart(tmp_path: Path) -> None:
    (binding,) = bindings(contract_of("p27_path_and_body", tmp_path))
    assert binding["has_body"] == "True"
    assert "'name'" not in binding["path_parameters"]


@pytest.mark.parametrize(
    ("status", "links"),
    [
        (200, {"get_artist": {"operationId": "get_artist", "parameters": {"artist_id": "$response.body#/id"}}}),
        (201, {}),
        (201, {"a": {"operationId": "nobody", "parameters": {"artist_id": "$response.body#/id"}}}),
        (201, {"a": {"operationId": "update_artist", "parameters": {"artist_id": "$response.body#/id"}}}),
        (201, {"a": {"operationId": "get_artist", "parameters": {"artist_id": "$request.path.id"}}}),
        (201, {"a": {"operationId": "get_artist", "parameters": {"artist_id": "$response.body#/id", "x": "1"}}}),
        (201, {"a": "text"}),
    ],
)
def test_only_a_link_of_a_new_resource_to_its_reader_is_a_location(status: int, links: dict[str, object]) -> None:
    assert created_location(shipped(), creating(), replace(created(), statuses=(status,), links=links)) is None


def test_a_created_resource_says_where_it_is_read() -> None:
    assert created_location(shipped(), creating(), created()) == ("/api/artists/", "id")
    binding = next(one for one in bindings(shipped()) if "create_artist" in one["operation"])
    assert binding["location"] == "('/api/artists/', 'id')"


def test_a_binding_knows_its_carriers() -> None:
    routes = {one.operation.name: one for one in ROUTES}
    update = routes["update_artist"]
    assert (update.verb, update.path, update.statuses, update.etag) == (
        "PUT",
        "/api/artists/{artist_id}",
        (200,),
        "version",
    )
    assert [one.field for one in update.path_parameters] == ["artist_id"]
    assert [(one.field, one.carrier) for one in update.header_parameters] == [("expected_version", "If-Match")]
    assert update.has_body
    assert not routes["get_artists"].has_body


def test_there_is_one_for_every_http_operation() -> None:
    assert {one.operation.name for one in ROUTES} == {one.name for one in shipped().operations if one.http}
    assert len(bindings(shipped())) == len(ROUTES)
