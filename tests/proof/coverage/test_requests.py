"""A REST request is found by method and path, and its fields are put together from wherever HTTP carries them."""

from __future__ import annotations

import json

import pytest

from proof.coverage.requests import Routes
from proof.documents import JSON, PROTOBUF
from proof.protobuf import Protobuf, compiled
from tests.codegen.contracts import SHIPPED

CONTRACT = compiled(SHIPPED)
WIRE = Protobuf(CONTRACT)
ROUTES = Routes(CONTRACT, WIRE)


@pytest.mark.parametrize(
    ("method", "path", "found", "texts"),
    [
        ("GET", "/api/artists", "get_artists", {}),
        ("GET", "/api/artists/paginated", "get_paginated_artists", {}),
        ("HEAD", "/api/artists/7", "get_artist", {"artist_id": "7"}),
        ("PUT", "/api/artists/a%2Fb", "update_artist", {"artist_id": "a/b"}),
        ("GET", "/livez", "livez", {}),
    ],
)
def test_an_operation_is_found(method: str, path: str, found: str, texts: dict[str, str]) -> None:
    route = ROUTES.find(method, path)
    assert route is not None
    assert (route[0].name, route[1]) == (found, texts)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/artists/7/8"), ("PATCH", "/api/artists/7"), ("GET", "/")])
def test_what_the_contract_has_not_is_not_found(method: str, path: str) -> None:
    assert ROUTES.find(method, path) is None


def test_fields_come_from_path_query_headers_and_body() -> None:
    route = ROUTES.find("PUT", "/api/artists/7")
    assert route is not None
    headers = {"content-type": JSON, "if-match": '"3"'}
    fields = ROUTES.fields(*route, "", headers, json.dumps({"name": "Ann"}).encode())
    assert fields == {"artist_id": 7, "expected_version": 3, "name": "Ann"}
    page = ROUTES.find("GET", "/api/artists/paginated")
    assert page is not None
    assert ROUTES.fields(*page, "per_page=2&page=x", {}, b"") == {"per_page": 2, "page": "x"}


def test_a_body_in_protobuf_is_read_by_its_message() -> None:
    route = ROUTES.find("POST", "/api/artists")
    assert route is not None
    body = WIRE.request(route[0], {"name": "Ann"})
    fields = ROUTES.fields(*route, "", {"content-type": PROTOBUF}, body)
    assert fields is not None
    assert fields["name"] == "Ann"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"a":' * 20_000])
def test_what_cannot_be_read_has_no_fields(body: bytes) -> None:
    route = ROUTES.find("POST", "/api/artists")
    assert route is not None
    assert ROUTES.fields(*route, "", {"content-type": JSON}, body) is None


def test_what_is_no_message_has_no_fields() -> None:
    route = ROUTES.find("POST", "/api/artists")
    assert route is not None
    assert ROUTES.fields(*route, "", {"content-type": PROTOBUF}, b"\xff\xff") is None
