"""Path, query, headers and body become the fields of one request, in JSON and in protobuf."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.ir.operations import Operation
from proof.documents import JSON, PROTOBUF, Json
from proof.mock.reading import Reader, Request, expected_versions, idempotency_key, is_unchanged
from proof.mock.refusal import Refusal
from proof.protobuf import Protobuf
from tests.codegen.contracts import shipped

OPERATIONS = {one.name: one for one in shipped().operations}
READER = Reader(shipped().definitions, Protobuf(shipped()))


def read(name: str, body: bytes | None = None, *, media: str = JSON, query: bytes = b"", **headers: str) -> Json:
    request = Request(
        {key.replace("_", "-"): one for key, one in headers.items()}, {"artist_id": "7"}, query, media, body
    )
    return READER.read(OPERATIONS[name], request).fields


def refused(name: str, body: bytes | None = None, query: bytes = b"", **headers: str) -> str:
    with pytest.raises(Refusal) as refusal:
        read(name, body, query=query, **headers)
    return refusal.value.code


def test_a_request_is_one_flat_record() -> None:
    found = read("update_artist", b'{"name": "x"}', if_match='"3"')
    assert found == {"artist_id": 7, "expected_version": 3, "name": "x"}


def test_a_query_has_the_types_of_its_fields() -> None:
    found = read("get_paginated_artists", query=b"page=2&per_page=x&name=a%20b")
    assert found == {"page": 2, "per_page": "x", "name": "a b"}


def test_a_message_is_read_as_its_twin_in_json() -> None:
    message = Protobuf(shipped()).request(OPERATIONS["update_artist"], {"artist_id": 9, "name": "x", "bio": None})
    found = read("update_artist", message, media=PROTOBUF)
    assert found == {"artist_id": 7, "name": "x", "bio": None, "born_on": None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b'{"name": "a", "name": "b"}', "malformed"),
        (b'{"name": NaN}', "malformed"),
        (b"\xff", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"[]", "invalid_data"),
        (b'{"artist_id": 1, "name": "x"}', "invalid_data"),
    ],
)
def test_a_body_that_is_none_is_refused(body: bytes, code: str) -> None:
    assert refused("update_artist", body) == code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (b"no_such=1", "invalid_data"),
        (b"page=1&page=2", "invalid_data"),
        (b"\xff", "malformed"),
        (b"name=%ff", "malformed"),
        (b"name=" + b"x" * 20_000, "malformed"),
        (b"&".join([b"name=x"] * 101), "malformed"),
    ],
)
def test_a_query_that_is_none_is_refused(query: bytes, code: str) -> None:
    assert refused("get_paginated_artists", query=query) == code


def test_an_operation_without_input_does_not_look_at_a_query() -> None:
    assert read("livez", query=b"no_such=1") == {}


def test_bytes_that_are_no_message_are_malformed() -> None:
    with pytest.raises(Refusal, match="malformed"):
        read("create_artist", b"\xff\xff\xff", media=PROTOBUF)


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("*", [None]),
        ('"3"', [3]),
        ('"3", "4"', [3, 4]),
        ('W/"3"', [2**53 - 1]),
        ('"abc"', [2**53 - 1]),
        ('"0"', [2**53 - 1]),
    ],
)
def test_if_match_is_a_list_of_tags_compared_strongly(text: str, versions: list[int | None]) -> None:
    declared = OPERATIONS["update_artist"].request.field("expected_version")
    assert declared is not None
    assert expected_versions(declared, text) == versions


@pytest.mark.parametrize(
    ("text", "code"), [("3", "invalid_data"), ("", "invalid_data"), (",".join(['"1"'] * 17), "malformed")]
)
def test_what_is_no_list_of_tags_is_refused(text: str, code: str) -> None:
    assert refused("delete_artist", if_match=text) == code


@pytest.mark.parametrize(
    ("given", "unchanged"),
    [('"3"', True), ('W/"3"', True), ('"2", "3"', True), ("*", True), ('"4"', False), ("3", False), ("", False)],
)
def test_if_none_match_is_compared_weakly(given: str, unchanged: bool) -> None:
    assert is_unchanged(given, "3") is unchanged


@pytest.mark.parametrize(
    ("operation", "headers", "key"),
    [
        ("create_artist", {"idempotency-key": "k"}, "k"),
        ("create_artist", {}, ""),
        ("delete_artist", {"idempotency-key": "k"}, ""),
    ],
)
def test_a_key_counts_where_the_contract_says_so(operation: str, headers: dict[str, str], key: str) -> None:
    assert idempotency_key(OPERATIONS[operation], headers) == key


def test_a_key_is_visible_ascii() -> None:
    with pytest.raises(Refusal, match="malformed"):
        idempotency_key(OPERATIONS["create_artist"], {"idempotency-key": "a b"})


def test_a_part_of_a_form_is_json_where_it_is_more_than_text() -> None:
    def of(operation: Operation, member: str, text: str) -> Any:
        declared = operation.request.of_member(member)
        assert declared is not None
        return READER.part(declared.type, text)

    assert of(OPERATIONS["get_paginated_artists"], "page", "3") == 3
    assert of(OPERATIONS["create_artist"], "name", "3") == "3"
