"""Bodies are counted, media types negotiated, parameters read once and exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.errors import decode
from app.execution.context import Abandoned
from app.http.message import (
    MAX_BODY_BYTES,
    alternatives,
    fields_of,
    outside_values,
    read_body,
    read_request,
)
from app.http.negotiation import JSON, PROTOBUF
from generated.bindings import HttpBinding, HttpParameter
from generated.errors import ApiError, InvalidData, Malformed, TooLarge
from generated.http_routes import ROUTES
from generated.proto import artists_pb2


def binding(name: str) -> HttpBinding:
    return next(one for one in ROUTES if one.operation.name == name)


class Source:
    """Hands out ASGI messages one by one."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages: Iterator[dict[str, Any]] = iter(messages)

    async def __call__(self) -> dict[str, Any]:
        return next(self._messages)


def chunk(body: bytes, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_chunks_are_joined() -> None:
    assert await read_body({}, Source(chunk(b"a", True), chunk(b"b", False))) == b"ab"


async def test_a_declared_length_above_the_bound_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        await read_body({b"content-length": b"%d" % (MAX_BODY_BYTES + 1)}, Source())


async def test_a_body_is_counted_and_not_believed() -> None:
    half = b"x" * (MAX_BODY_BYTES // 2 + 1)
    with pytest.raises(TooLarge):
        await read_body({b"content-length": b"2"}, Source(chunk(half, True), chunk(half, False)))


async def test_a_client_that_goes_away_is_no_request() -> None:
    with pytest.raises(Abandoned):
        await read_body({}, Source({"type": "http.disconnect"}))


def test_lines_of_one_name_are_one_list() -> None:
    once = [(b"accept", b"a/b"), (b"host", b"x")]
    assert fields_of(once) == dict(once)
    assert fields_of([*once, (b"accept", b"c/d")]) == {b"accept": b"a/b, c/d", b"host": b"x"}


def read(name: str, path: tuple[str, ...] = (), query: bytes = b"", headers: dict[bytes, bytes] | None = None) -> Any:
    one = binding(name)
    return decode(lambda: read_request(one, None, b"", outside_values(one, path, query, headers or {})))


def test_query_and_defaults_make_the_request() -> None:
    request = read("get_paginated_artists", query=b"per_page=5&name=%C3%85sa")
    assert (request.page, request.per_page, request.name, request.cursor) == (1, 5, "Åsa", None)


@pytest.mark.parametrize(
    "query",
    [b"page=0", b"page=-1", b"page=9223372036854775808", b"page=1.0", b"page=%201", b"page=", b"page=1&page=1", b"pages=1",
     b"per_page=101", b"name=%00", b"page=\xd9\xa1", b"page=true"],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_refused(query: bytes) -> None:
    with pytest.raises((InvalidData, Malformed)):
        read("get_paginated_artists", query=query)


def test_if_match_carries_the_version_and_a_star_carries_none() -> None:
    assert read("delete_artist", ("7",), headers={b"if-match": b'"3"'}).expected_version == 3
    assert read("delete_artist", ("7",), headers={b"if-match": b"*"}).expected_version is None
    with pytest.raises(InvalidData):
        read("delete_artist", ("7",), headers={b"if-match": b"3"})


def test_if_match_with_several_versions_is_several_requests() -> None:
    headers = {b"if-match": b'"3", W/"4", "5"'}
    request = read("delete_artist", ("7",), headers=headers)
    others = alternatives(binding("delete_artist"), headers, request)
    assert [one.expected_version for one in (request, *others)] == [3, 5]
    assert {one.artist_id for one in (request, *others)} == {7}
    assert alternatives(binding("get_artist"), headers, request) == []


def put(media: str, body: bytes) -> Any:
    one = binding("update_artist")
    return decode(lambda: read_request(one, media, body, outside_values(one, ("7",), b"", {b"if-match": b'"3"'})))


def test_path_header_and_body_flatten_into_one_request() -> None:
    message = artists_pb2.UpdateArtistRequest(artist_id=99, name="Ada")
    for request in (put(JSON, b'{"name":"Ada"}'), put(PROTOBUF, message.SerializeToString())):
        assert (request.artist_id, request.name, request.bio, request.expected_version) == (7, "Ada", None, 3)


def test_a_text_in_a_header_is_utf_8_and_else_what_its_octets_are() -> None:
    parameter = HttpParameter("language", "X-Language", str)
    one = replace(binding("get_artist"), header_parameters=(parameter,))
    for sent, read_ in (("是".encode(), "是"), (b"en", "en"), (b"\xe9", "é")):
        assert outside_values(one, ("7",), b"", {b"x-language": sent})["language"] == read_


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"name":"Ada","artist_id":9}', InvalidData),
        (b'{"name":"Ada","more":9}', InvalidData),
        (b"[]", InvalidData),
        (b"{", Malformed),
        (b'{"name":NaN}', Malformed),
        (b"\xff", Malformed),
        (b"[" * 100_000, Malformed),
    ],
)
def test_a_body_that_does_not_fit_is_refused(body: bytes, expected: type[ApiError]) -> None:
    with pytest.raises(expected):
        put(JSON, body)


def test_a_broken_message_is_malformed() -> None:
    with pytest.raises(Malformed):
        put(PROTOBUF, b"\xff\xff")
