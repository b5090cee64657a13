"""What a client sends and what it hears is the same JSON in both encodings; what could not be sent again as it was is none."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from proof.documents import Json
from proof.traffic.frames import Frames, same_message
from tests.proof.traffic.things import contract

REQ_ID = str(uuid.UUID(int=5))
ENCODINGS = ("stele.v1.json", "stele.v1.protobuf")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "frame",
    [
        {"pkg_id": 3, "req_id": REQ_ID, "data": {"name": "a"}},
        {"pkg_id": 3, "req_id": REQ_ID, "data": {"name": "a", "bio": ""}, "meta": {"timeout_ms": 5}},
        {"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 7}, "meta": {"traceparent": "00-1-2-00"}},
        {"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 7}},
        {"type": "auth", "token": "Bearer x"},
        {"type": "subscribe", "topics": ["artists", "others"]},
        {"type": "cancel", "req_id": REQ_ID},
    ],
)
def test_a_client_s_frame_is_read_as_it_was_written(encoding: str, frame: Json) -> None:
    frames = Frames(contract(), encoding)
    assert frames.sent(frames.write(frame)) == frame


def message(**fields: Any) -> bytes:
    protobuf = contract().protobuf
    assert protobuf is not None
    request = protobuf.new("Request")
    for name, value in fields.items():
        setattr(request, name, value)
    return bytes(request.SerializeToString())


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("stele.v1.json", "{"),
        ("stele.v1.json", "[]"),
        ("stele.v1.json", b"{}"),
        ("stele.v1.json", '{"a": 1, "a": 2}'),
        ("stele.v1.protobuf", "{}"),
        ("stele.v1.protobuf", b"\xff"),
        ("stele.v1.protobuf", message(pkg_id=9999, req_id=REQ_ID)),
        ("stele.v1.protobuf", message(pkg_id=3, req_id=REQ_ID, data=b"\xff")),
        ("stele.v1.protobuf", message(pkg_id=3, req_id=REQ_ID, data=b"\x98\x06\x01")),
        ("stele.v1.protobuf", message(pkg_id=3, req_id=REQ_ID) + b"\x98\x06\x01"),
    ],
)
def test_what_could_not_be_sent_again_is_no_frame(encoding: str, raw: str | bytes) -> None:
    assert Frames(contract(), encoding).sent(raw) is None


def test_what_came_is_read_in_both_encodings() -> None:
    assert Frames(contract(), ENCODINGS[0]).came(json.dumps({"type": "auth_ok", "expires_in": 5})) is not None
    assert Frames(contract(), ENCODINGS[1]).came(b"\xff") is None
    assert Frames(contract(), ENCODINGS[0]).is_text
    assert not Frames(contract(), ENCODINGS[1]).is_text


def test_messages_are_the_same_only_with_what_nobody_knows() -> None:
    protobuf = contract().protobuf
    assert protobuf is not None
    empty = protobuf.new("Request")
    assert same_message(empty, b"", b"")
    assert not same_message(empty, b"", b"\x98\x06\x01")
