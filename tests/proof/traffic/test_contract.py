"""Requests and frames find their operation, and answers their schema; what the contract does not say is not guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.documents import DocumentError, Json
from proof.traffic.contract import Contract, Places, write_only
from tests.proof.traffic.things import contract
from tests.proof.ws.foreign import headed

PETS: Json = {
    "openapi": "3.1.0",
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {
                        "name": "filter",
                        "in": "query",
                        "schema": {"type": "object", "properties": {"name": {"type": "string"}}},
                    }
                ],
                "responses": {
                    "2XX": {"description": "", "content": {"application/json": {"schema": {"type": "array"}}}}
                },
            }
        }
    },
}


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/artists", "get_artists"),
        ("HEAD", "/api/artists", "get_artists"),
        ("GET", "/api/artists/paginated", "get_paginated_artists"),
        ("GET", "/api/artists/7", "get_artist"),
        ("PUT", "/api/artists/x%2Fy", "update_artist"),
        ("PATCH", "/api/artists/7", None),
        ("GET", "/api/artists/7/albums", None),
        ("GET", "/", None),
    ],
)
def test_a_request_is_of_the_operation_that_its_path_names(method: str, path: str, name: str | None) -> None:
    found = contract().find(method, path)
    assert (found[0].name if found else None) == name


def test_an_answer_has_the_schema_of_its_status_and_type() -> None:
    known = contract()
    one = known.operations["get_artist"]
    told = [
        known.answered(one, status, media)
        for status, media in ((200, "application/json"), (200, "application/x-protobuf"))
    ]
    assert [schema.names for schema in told if schema] == [("Artist",), ("Artist",)]
    assert known.answered(one, 204, "") is None
    assert known.answered(one, 200, "text/plain") is None
    assert known.answered(known.operations["delete_artist"], 204, "") is not None


def test_what_does_not_fit_is_told_with_its_place() -> None:
    known = contract()
    schema = known.answered(known.operations["get_artist"], 200, "application/json")
    assert schema is not None
    assert known.misfit("a", schema, {"id": "x"}).startswith("/")
    assert "/id" in known.misfit("a", schema, {"id": "x"} | dict.fromkeys(("name", "bio"), "") | WHOLE)


WHOLE = {"born_on": None, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "version": 1}


def test_a_frame_is_known_by_its_numbers() -> None:
    known = contract()
    assert known.socket is not None
    reply = known.frame({"pkg_id": 4, "req_id": "", "status_code": 0, "data": {}}, is_sent=False)
    assert reply is not None
    assert reply.member("data").names == ("Artist",)
    push = known.frame({"pkg_id": 1001, "data": {}}, is_sent=False)
    assert push is not None
    assert push.member("data").member("artist").names == ("Artist",)
    refusal = known.frame({"pkg_id": None, "status_code": 2}, is_sent=False)
    assert refusal is not None
    assert refusal.member("data").names == ("Problem",)
    assert known.frame({"type": "subscribe"}, is_sent=True) is not None
    for frame in ({"type": "no_such"}, {"pkg_id": 9999}, {}):
        assert known.frame(frame, is_sent=True) is None


def test_a_foreign_frame_is_known_by_what_it_fits() -> None:
    known = Contract(None, headed())
    assert known.frame({"id": "1", "kind": "count", "data": {}}, is_sent=True) is not None
    assert known.frame({"id": "1", "kind": "burn", "data": {}}, is_sent=True) is None


def test_the_records_of_an_operation_are_those_of_its_items() -> None:
    known = contract()
    for name in ("get_artist", "get_artists", "create_artist"):
        assert known.records(name) == ("Artist",)
    assert known.records("delete_artist") == ()
    assert known.records("nothing") == ()
    assert known.sessions >= {"login", "refresh", "logout", "create_ws_ticket"}


def test_members_of_an_object_in_the_query_are_parameters() -> None:
    one = Contract(PETS).operations["GET /pets"]
    assert ("query", "name") in one.parameters
    schema = Contract(PETS).answered(one, 206, "application/json")
    assert schema is not None
    assert schema.parts[0]["type"] == "array"


def test_members_that_only_come_in_are_found_in_the_sources(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "A: {properties: {pin_code: {type: string, writeOnly: true}, name: {type: string}}}"
    )
    assert write_only(tmp_path) == {"pin_code"}
    (tmp_path / "b.yaml").write_text("a: [")
    with pytest.raises(DocumentError, match=r"b\.yaml"):
        write_only(tmp_path)


def test_documents_are_read_from_where_they_are_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "pets.yaml"
    path.write_text("openapi: 3.1.0\npaths: {}\n")
    with pytest.raises(DocumentError, match="does the service run"):
        Places("http://127.0.0.1:1", str(path)).load()
