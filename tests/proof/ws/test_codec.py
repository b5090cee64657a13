"""Frames in both encodings: what is written is read as the same, and what is no frame is unreadable, never an exception of another kind."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from functools import lru_cache

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.wrappers_pb2 import Int32Value
from hypothesis import given, settings
from hypothesis import strategies as st

from generated.proto.stele_control_pb2 import Position, Presence, Topics
from proof.documents import Json
from proof.protobuf import Inexpressible, Protobuf
from proof.ws.codec import JsonFrames, ProtobufFrames, Unreadable
from proof.ws.contract import Controls, read_socket
from tests.codegen.contracts import shipped, shipped_files

ID = str(uuid.UUID(int=7))


@lru_cache(maxsize=1)
def controls() -> Controls:
    return read_socket(json.loads(shipped_files()["specs/asyncapi.json"])).controls


@lru_cache(maxsize=1)
def frames() -> ProtobufFrames:
    return ProtobufFrames(Protobuf(shipped()), controls())


def pkg_id(name: str) -> int:
    return next(one.pkg_id for one in shipped().operations if one.name == name) or 0


@pytest.mark.parametrize(
    "raw", [b"{}", "", "[]", "5", '{"a": 1, "a": 2}', '{"a": Infinity}', "[" * 100_000, "\ufeff{}"]
)
def test_what_is_no_json_frame_is_unreadable(raw: str | bytes) -> None:
    with pytest.raises(Unreadable):
        JsonFrames().read(raw)


@pytest.mark.parametrize("frame", [{"a": "\ud800"}, {"a": float("nan")}])
def test_what_json_cannot_carry_is_inexpressible(frame: Json) -> None:
    with pytest.raises(Inexpressible):
        JsonFrames().write(frame)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_frame_or_unreadable(raw: bytes) -> None:
    with suppress(Unreadable):
        assert isinstance(frames().read(raw), dict)


@pytest.mark.parametrize(
    "frame",
    [
        {"pkg_id": 99, "req_id": ID, "data": {}},
        {"pkg_id": True, "req_id": ID, "data": {}},
        {"pkg_id": "1", "req_id": ID, "data": {}},
        {"req_id": ID, "data": {}},
        {"type": "explode"},
        {"pkg_id": 1, "req_id": ID, "data": {}, "meta": None},
    ],
)
def test_what_a_request_has_no_field_for_is_inexpressible(frame: Json) -> None:
    with pytest.raises(Inexpressible):
        frames().write(frame)


def test_a_member_that_a_request_has_not_is_inexpressible() -> None:
    with pytest.raises(Inexpressible):
        frames().write({"pkg_id": pkg_id("get_artists"), "req_id": ID, "data": {}, "more": 1})


@pytest.mark.parametrize("kind", ["auth", "cancel", "subscribe", "unsubscribe"])
def test_a_control_frame_is_a_request_of_its_number(kind: str) -> None:
    protobuf = Protobuf(shipped())
    request = protobuf.new("Request")
    members = {"auth": {"token": "Bearer x"}, "cancel": {}}.get(kind, {"topics": ["a"]})
    request.ParseFromString(frames().write({"type": kind, "req_id": ID, **members}))
    assert (request.pkg_id, request.req_id) == (controls().asked[kind], ID)
    assert bool(request.data) is (kind != "cancel")


PLACE = Position(topic="a", epoch="e", offset=7, recovered=True)
SAID = {"topic": "a", "epoch": "e", "offset": 7, "recovered": True}


@pytest.mark.parametrize(
    ("number", "data", "said"),
    [
        (60_000, Int32Value(value=9), {"type": "auth_ok", "expires_in": 9}),
        (60_001, Int32Value(value=5), {"type": "auth.expiring", "expires_in": 5}),
        (60_003, Topics(topics=["a"], positions=[PLACE]), {"type": "subscribed", "topics": ["a"], "positions": [SAID]}),
        (60_004, FieldMask(paths=["a"]), {"type": "unsubscribed", "topics": ["a"]}),
    ],
)
def test_what_a_control_frame_is_told_is_read_as_its_json_twin(number: int, data: Message, said: Json) -> None:
    response = Protobuf(shipped()).new("Response")
    response.pkg_id, response.req_id, response.status_code = number, ID, 0
    response.data = data.SerializeToString()
    assert frames().read(response.SerializeToString()) == said


def test_what_is_missed_is_read_as_its_json_twin() -> None:
    response = Protobuf(shipped()).new("Response")
    response.pkg_id, response.req_id = 60_007, str(uuid.UUID(int=0))
    response.data = Position(topic="a", epoch="e", offset=7).SerializeToString()
    said = {"type": "topic.missed", "topic": "a", "epoch": "e", "offset": 7}
    assert frames().read(response.SerializeToString()) == said


def test_who_is_present_is_read_as_its_json_twin() -> None:
    response = Protobuf(shipped()).new("Response")
    response.pkg_id, response.req_id = 60_012, str(uuid.UUID(int=0))
    response.data = Presence(topic="a", users=["ann", "bob"], count=7).SerializeToString()
    said = {"type": "topic.joined", "topic": "a", "users": ["ann", "bob"], "count": 7}
    assert frames().read(response.SerializeToString()) == said


def test_a_number_that_nobody_has_is_unreadable() -> None:
    response = Protobuf(shipped()).new("Response")
    response.pkg_id, response.req_id, response.status_code = 60_999, ID, 0
    with pytest.raises(Unreadable):
        frames().read(response.SerializeToString())


def test_a_refusal_is_read_as_its_json_twin() -> None:
    protobuf = Protobuf(shipped())
    problem = protobuf.new("Problem")
    problem.code, problem.status = "not_found", 404
    response = protobuf.new("Response")
    response.pkg_id, response.req_id, response.status_code = pkg_id("get_artist"), ID, 5
    response.data = problem.SerializeToString()
    read = frames().read(response.SerializeToString())
    assert (read["req_id"], read["status_code"], read["data"]["code"]) == (ID, 5, "not_found")
