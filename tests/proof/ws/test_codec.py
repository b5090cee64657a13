"""Frames in both encodings: what is written is read as the same, and what is no frame is unreadable, never an exception of another kind."""

from __future__ import annotations

import uuid
from contextlib import suppress
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proof.documents import Json
from proof.protobuf import Inexpressible, Protobuf
from proof.ws.codec import CONTROL_IDS, JsonFrames, ProtobufFrames, Unreadable
from tests.codegen.contracts import shipped

ID = str(uuid.UUID(int=7))


@lru_cache(maxsize=1)
def frames() -> ProtobufFrames:
    return ProtobufFrames(Protobuf(shipped()))


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


@pytest.mark.parametrize("kind", CONTROL_IDS)
def test_a_control_frame_is_a_request_of_its_number(kind: str) -> None:
    protobuf = Protobuf(shipped())
    request = protobuf.new("Request")
    request.ParseFromString(frames().write({"type": kind, "token": "Bearer x", "topics": ["a"], "req_id": ID}))
    assert (request.pkg_id, request.req_id) == (CONTROL_IDS[kind], ID)
    assert bool(request.data) is (kind != "cancel")


def test_a_refusal_is_read_as_its_json_twin() -> None:
    protobuf = Protobuf(shipped())
    problem = protobuf.new("Problem")
    problem.code, problem.status = "not_found", 404
    response = protobuf.new("Response")
    response.pkg_id, response.req_id, response.status_code = pkg_id("get_artist"), ID, 5
    response.data = problem.SerializeToString()
    read = frames().read(response.SerializeToString())
    assert (read["req_id"], read["status_code"], read["data"]["code"]) == (ID, 5, "not_found")
