"""Media types are negotiated as RFC 9110 §12.5.1 says, and both names of protobuf are one."""

from __future__ import annotations

from dataclasses import replace

import httpx2
import pytest

from app.http.negotiation import (
    JSON,
    MEDIA_TYPES,
    PROTOBUF,
    REGISTERED_PROTOBUF,
    BodyRefused,
    answer_type,
    answer_types,
    body_type,
    read_types,
)
from generated.errors import NotAcceptable
from generated.http_routes import ROUTES
from generated.proto import artists_pb2
from tests.app.http.test_door import send
from tests.running_service import RunningService


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (b"application/json; charset=utf-8", JSON),
        (b"Application/JSON", JSON),
        (PROTOBUF.encode(), PROTOBUF),
        (b"application/Protobuf ;proto=a.b", REGISTERED_PROTOBUF),
    ],
)
def test_the_body_has_a_media_type(given: bytes, expected: str) -> None:
    assert body_type({b"content-type": given, b"content-encoding": b"Identity"}, MEDIA_TYPES) == expected


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({}, b"accept"),
        ({b"content-type": b"text/plain"}, b"accept"),
        ({b"content-type": b"application/json, application/json"}, b"accept"),
        ({b"content-type": b"application/json", b"content-encoding": b"gzip"}, b"accept-encoding"),
    ],
)
def test_other_bodies_are_refused(headers: dict[bytes, bytes], hint: bytes) -> None:
    with pytest.raises(BodyRefused) as refused:
        body_type(headers, MEDIA_TYPES)
    assert refused.value.hint[0] == hint


@pytest.mark.parametrize(
    ("accept", "sent", "expected"),
    [
        (None, None, JSON),
        (None, PROTOBUF, PROTOBUF),
        ("", None, JSON),
        ("", PROTOBUF, PROTOBUF),
        (" , ,", None, JSON),
        ("*/*", None, JSON),
        ("*/*", REGISTERED_PROTOBUF, REGISTERED_PROTOBUF),
        (PROTOBUF, JSON, PROTOBUF),
        (REGISTERED_PROTOBUF, JSON, REGISTERED_PROTOBUF),
        (f"{JSON};q=0.5, {PROTOBUF}", None, PROTOBUF),
        (f"{PROTOBUF}, {JSON}", None, PROTOBUF),
        (f"{JSON}, {PROTOBUF}", PROTOBUF, JSON),
        ("text/html, application/*;q=0.1", None, JSON),
        (f"{JSON};q=0, */*", None, PROTOBUF),
        (f"*/*, {JSON};q=0", None, PROTOBUF),
        (f"application/*;q=0, {PROTOBUF}", JSON, PROTOBUF),
        (f"{JSON};q=0, {PROTOBUF};q=0.000, */*;q=0.1", None, REGISTERED_PROTOBUF),
        (f"*/*;q=0.9, {JSON};q=0.1", JSON, PROTOBUF),
        ("APPLICATION/JSON;Q=0.3", None, JSON),
        ("application/json;charset=utf-8", None, JSON),
        (f"{JSON};q=high, {PROTOBUF}", None, PROTOBUF),
        (f"{PROTOBUF};q=2, {JSON};q=0.1", None, JSON),
        (f"{PROTOBUF};q=inf, {JSON};q=0.1", None, JSON),
        (f"{PROTOBUF};q=0.0001, {JSON};q=0.1", None, JSON),
    ],
)
def test_the_answer_is_negotiated(accept: str | None, sent: str | None, expected: str) -> None:
    assert answer_type({} if accept is None else {b"accept": accept.encode()}, sent, MEDIA_TYPES) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", f"{JSON};q=0", f"{JSON};q=0, text/*", "*/*;q=0", f"{JSON};q=x", "*", "application/jso"]
)
def test_nothing_acceptable_is_406(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        answer_type({b"accept": accept.encode()}, None, MEDIA_TYPES)


def test_an_operation_without_protobuf_offers_json_alone() -> None:
    whole = next(one for one in ROUTES if one.operation.name == "update_artist")
    bare = replace(whole, codec=replace(whole.codec, values_protobuf=None, encode_protobuf=None))
    assert read_types(bare) == answer_types(bare) == (JSON,)
    assert read_types(whole) == answer_types(whole) == MEDIA_TYPES
    with pytest.raises(NotAcceptable):
        answer_type({b"accept": PROTOBUF.encode()}, None, answer_types(bare))


@pytest.mark.parametrize("media", [PROTOBUF, REGISTERED_PROTOBUF])
async def test_protobuf_goes_by_both_names(service: RunningService, media: str) -> None:
    sent = artists_pb2.CreateArtistRequest(name=f"by {media}").SerializeToString()
    made = await send(service, "POST", "/api/artists", user="editor", headers={"content-type": media}, body=sent)
    assert (made.status_code, made.headers["content-type"]) == (201, media), (
        "asked for */*, so that the body's own counts"
    )
    assert artists_pb2.Artist.FromString(made.content).name == f"by {media}"
    read = await send(service, "GET", made.headers["location"], headers={"accept": media})
    assert (read.status_code, read.headers["content-type"], read.headers["vary"]) == (200, media, "accept")


async def test_the_served_document_offers_both_names(service: RunningService) -> None:
    document = (await send(service, "GET", "/openapi.json")).json()
    create = document["paths"]["/api/artists"]["post"]
    for content in (create["requestBody"]["content"], create["responses"]["201"]["content"]):
        assert set(content) == set(MEDIA_TYPES)


async def test_a_body_of_another_type_is_told_which_are_read(service: RunningService) -> None:
    """RFC 9110 §15.5.16, §12.5.3."""
    text = {"content-type": "text/plain"}
    refused = await send(service, "POST", "/api/artists", user="editor", headers=text, body=b"x")
    assert (refused.status_code, refused.headers["accept"]) == (415, ", ".join(MEDIA_TYPES))
    packed = {"content-type": JSON, "content-encoding": "gzip"}
    refused = await send(service, "POST", "/api/artists", user="editor", headers=packed, body=b"x")
    assert (refused.status_code, refused.headers["accept-encoding"]) == (415, "identity")
    assert "accept" not in refused.headers


async def test_accept_over_http(service: RunningService) -> None:
    for headers, status in (
        ([("accept", "")], 200),
        ([("accept", "text/html")], 406),
        ([("accept", "text/html"), ("accept", "application/json")], 200),
        ([("accept", "application/json"), ("accept", "text/html")], 200),
        ([("accept", f"{JSON};q=0")], 406),
    ):
        assert (headers, (await read(service, headers)).status_code) == (headers, status)


async def read(service: RunningService, headers: list[tuple[str, str]]) -> httpx2.Response:
    return await send(service, "GET", "/api/artists", headers=headers)


async def test_what_has_no_content_needs_no_media_type(service: RunningService) -> None:
    answer = await send(service, "GET", "/livez", headers={"accept": "text/html"})
    assert answer.status_code == 204
