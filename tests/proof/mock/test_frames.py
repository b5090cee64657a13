"""Frames of both encodings, from the server's side: the client's codec reads what is written, and writes what is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codegen.emit.documents import asyncapi
from proof.documents import Json, judge
from proof.mock.frames import NIL, Bad, Call, Control, Frames, JsonSide, ProtobufSide, control_id
from proof.mock.refusal import Catalogue, Refusal
from proof.mock.topics import Attendance, Told
from proof.protobuf import Protobuf
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames
from proof.ws.contract import Socket, read_socket
from tests.codegen.contracts import shipped
from tests.proof.mock.mocks import mock_of

ID = "8f16b1f9-604e-4465-ad54-5f724959358b"
OPERATIONS = {one.name: one for one in shipped().operations}
ENCODINGS = ["json", "protobuf"]

PLACE = {"topic": "artists", "epoch": "e", "offset": 7}


def socket() -> Socket:
    (file,) = asyncapi.emit(shipped())
    return read_socket(json.loads(file.data))


def sides(encoding: str) -> tuple[Frames, Codec]:
    if encoding == "json":
        return JsonSide(shipped()), JsonFrames()
    protobuf = Protobuf(shipped())
    return ProtobufSide(protobuf), ProtobufFrames(protobuf, socket().controls)


def told(encoding: str, raw: str | bytes) -> Json:
    """As a client reads it: one of the messages that the contract declares."""
    frame = sides(encoding)[1].read(raw)
    assert any(judge(socket().document, one).is_valid(frame) for one in socket().answers.values()), frame
    return frame


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_request_is_read(encoding: str) -> None:
    server, client = sides(encoding)
    call = server.read(
        client.write({"pkg_id": OPERATIONS["get_artist"].pkg_id, "req_id": ID, "data": {"artist_id": 7}})
    )
    assert isinstance(call, Call)
    assert (call.operation.name, call.req_id, call.fields, call.unfit) == ("get_artist", ID, {"artist_id": 7}, None)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("operation", ["get_artist", "get_paginated_artists", "delete_artist"])
def test_a_reply_is_as_the_contract_has_it(operation: str, encoding: str) -> None:
    mock = mock_of(shipped())
    value: Any = {"get_artist": mock.event, "delete_artist": None}.get(operation)
    if operation == "get_artist":
        value = mock.event(shipped().events[0], {})["artist"]
    if operation == "get_paginated_artists":
        artist = mock.event(shipped().events[0], {})["artist"]
        meta = {"page": 1, "per_page": 1, "total": 1, "pages": 1, "next_cursor": None, "has_more": False}
        value = {"items": [artist], "meta": meta}
    frame = told(encoding, sides(encoding)[0].reply(OPERATIONS[operation], ID, value))
    assert (frame["req_id"], frame["status_code"], frame["pkg_id"]) == (ID, 0, OPERATIONS[operation].pkg_id)
    assert frame["data"] == (value["items"] if operation == "get_paginated_artists" else value)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("change", ["present", "joined", "left"])
def test_who_follows_a_topic_is_told_as_the_contract_has_it(encoding: str, change: str) -> None:
    server, _ = sides(encoding)
    frame = told(encoding, server.attendance(Attendance(change, "artists/7", ("ada", "eve"), 3)))
    assert frame == {"type": f"topic.{change}", "topic": "artists/7", "users": ["ada", "eve"], "count": 3}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_refusal_and_a_push_are_as_the_contract_has_them(encoding: str) -> None:
    server, _ = sides(encoding)
    problem = {**Catalogue(shipped()).problem(Refusal("artist_not_found", "Gone."), "t"), "msg": "Gone."}
    frame = told(encoding, server.refusal(1, ID, 5, problem))
    assert (frame["status_code"], frame["data"]["code"], frame["data"]["msg"]) == (5, "artist_not_found", "Gone.")
    assert told(encoding, server.refusal(None, None, 2, problem))["req_id"] is None
    event = next(one for one in shipped().events if one.name == "artist_created")
    data = mock_of(shipped()).event(event, {})
    frame = told(encoding, server.push(Told(event, "artists", 3, "e", data)))
    assert (frame["req_id"], frame["topic"], frame["offset"], frame["epoch"], frame["data"]) == (
        NIL,
        "artists",
        3,
        "e",
        data,
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "frame",
    [
        {"type": "auth", "token": "Bearer x"},
        {"type": "cancel", "req_id": ID},
        {"type": "subscribe", "topics": ["artists"]},
        {"type": "subscribe", "topics": ["artists"], "presence": ["artists"]},
        {"type": "unsubscribe", "topics": [""]},
    ],
)
def test_a_control_frame_is_read(frame: Json, encoding: str) -> None:
    server, client = sides(encoding)
    found = server.read(client.write(frame))
    assert isinstance(found, Control)
    assert found.kind == frame["type"]
    assert {name: found.said.get(name) for name in frame if name != "type"} == {
        name: one for name, one in frame.items() if name != "type"
    }


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("auth_ok", {"expires_in": 9}),
        ("subscribed", {"topics": ["artists"], "positions": [{**PLACE, "recovered": True}]}),
        ("unsubscribed", {"topics": [""]}),
    ],
)
def test_a_control_frame_is_answered(kind: str, said: Json, encoding: str) -> None:
    assert told(encoding, sides(encoding)[0].control(kind, ID, said)) == {"type": kind, **said}


@pytest.mark.parametrize(
    ("raw", "code", "ids"),
    [
        ("", "malformed", (None, None)),
        ("[1]", "malformed", (None, None)),
        ("[" * 50_000, "malformed", (None, None)),
        ("{}", "invalid_data", (None, None)),
        (f'{{"pkg_id": 1, "req_id": "{ID}"}}', "invalid_data", (1, ID)),
        (f'{{"pkg_id": true, "req_id": "{ID}", "data": {{}}}}', "invalid_data", (None, ID)),
        ('{"pkg_id": 1, "req_id": "1", "data": {}}', "invalid_data", (1, None)),
        (f'{{"pkg_id": 1, "req_id": "{ID}", "data": {{}}, "more": 1}}', "invalid_data", (1, ID)),
        (f'{{"pkg_id": 1, "req_id": "{ID}", "data": {{}}, "meta": {{"timeout_ms": 0}}}}', "invalid_data", (1, ID)),
        (f'{{"pkg_id": 1, "req_id": "{ID}", "data": {{}}, "meta": {{"traceparent": 1}}}}', "invalid_data", (1, ID)),
        (f'{{"pkg_id": 999, "req_id": "{ID}", "data": {{}}}}', "unknown_operation", (999, ID)),
        ('{"type": "no_such"}', "invalid_data", (None, None)),
        ('{"type": "subscribe", "topics": []}', "invalid_data", (None, None)),
        (f'{{"pkg_id": 1, "req_id": "{ID}", "data": {{"name": "\\ud800"}}}}', "invalid_data", (1, ID)),
    ],
)
def test_a_bad_text_is_refused_with_the_ids_that_it_has(
    raw: str, code: str, ids: tuple[int | None, str | None]
) -> None:
    with pytest.raises(Bad) as bad:
        sides("json")[0].read(raw)
    assert (bad.value.refusal.code, (bad.value.pkg_id, bad.value.req_id)) == (code, ids)


@pytest.mark.parametrize(
    ("pkg_id", "req_id", "meta", "code"),
    [
        (1, "x", {}, "invalid_data"),
        (0, ID, {}, "invalid_data"),
        (999, ID, {}, "unknown_operation"),
        (1, ID, {"timeout_ms": 0}, "invalid_data"),
        (1, ID, {"traceparent": "0" * 257}, "invalid_data"),
        (control_id("subscribe"), ID, {}, "invalid_data"),
    ],
)
def test_a_bad_message_is_refused(pkg_id: int, req_id: str, meta: Json, code: str) -> None:
    with pytest.raises(Bad) as bad:
        sides("protobuf")[0].read(Protobuf(shipped()).frame(pkg_id, req_id, b"", meta))
    assert bad.value.refusal.code == code


def test_bytes_that_are_no_message_are_malformed() -> None:
    with pytest.raises(Bad, match="malformed"):
        sides("protobuf")[0].read(b"\xff\xff")


def test_data_that_cannot_be_read_wait_until_the_caller_may_call() -> None:
    bytes_of_no_request = Protobuf(shipped()).frame(OPERATIONS["get_artist"].pkg_id or 0, ID, b"\xff")
    for call in (
        sides("protobuf")[0].read(bytes_of_no_request),
        sides("json")[0].read(json.dumps({"pkg_id": OPERATIONS["get_artist"].pkg_id, "req_id": ID, "data": []})),
    ):
        assert isinstance(call, Call)
        assert call.unfit is not None
