"""Frames in protobuf as the service reads and writes them; whatever else comes is a bad frame and nothing worse."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcast.broker import Position as Place
from app.broadcast.presence import Told
from app.telemetry.traceparent import read_traceparent
from app.ws.envelope import Authenticate, Cancel, ProtobufReader, Request, Subscribe, Unsubscribe
from app.ws.frames import ProtobufWriter
from app.ws.frames import Start as ServerStart
from generated.proto import artists_pb2, envelope_pb2
from generated.results import Problem
from generated.sdk_python.stele_client._contract import CONTRACT
from generated.sdk_python.stele_client.runtime.codec import (
    Authenticated,
    BadFrame,
    Draining,
    Expiring,
    Missed,
    Position,
    Presence,
    Push,
    Reply,
    Start,
    TopicsChanged,
)
from generated.sdk_python.stele_client.runtime.json_frames import NIL
from generated.sdk_python.stele_client.runtime.proto_frames import ProtobufCodec

ID = str(uuid.uuid4())
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CODEC = ProtobufCodec(CONTRACT)
CREATE: Any = CONTRACT.operations["create_artist"]
PAGE: Any = CONTRACT.operations["get_paginated_artists"]


def said(frame: str | bytes) -> Any:
    assert isinstance(frame, bytes)
    return ProtobufReader().read(frame)


def test_the_service_reads_what_is_said() -> None:
    request = said(CODEC.request(CREATE, {"name": "Ada"}, ID, {"timeout_ms": 1500, "traceparent": TRACEPARENT}))
    assert request == Request(CREATE.pkg_id, ID, request.data, 1.5, read_traceparent(TRACEPARENT))
    assert artists_pb2.CreateArtistRequest.FromString(request.data) == artists_pb2.CreateArtistRequest(name="Ada")
    told = said(CODEC.authenticate("a.b.c"))
    assert isinstance(told, Authenticate)
    assert told.token == "Bearer a.b.c"
    assert said(CODEC.cancel(ID)) == Cancel(ID)
    resumed = said(CODEC.subscribe(["artists"], {"artists": Position("e", 7)}, ["artists"]))
    assert isinstance(resumed, Subscribe)
    assert (resumed.after, resumed.presence) == ({"artists": Place("e", 7)}, ["artists"])
    joined, left = said(CODEC.subscribe(["artists", "b"], {}, [])), said(CODEC.unsubscribe(["artists"]))
    assert isinstance(joined, Subscribe)
    assert isinstance(left, Unsubscribe)
    assert (joined.topics, left.topics) == (["artists", "b"], ["artists"])


def test_what_the_service_says_is_read() -> None:
    writer = ProtobufWriter({})
    assert CODEC.read(writer.reply(3, ID, b"\x08\x01", None)) == Reply(ID, 3, 0, b"\x08\x01", None)
    assert CODEC.read(writer.authenticated(300, ID)) == Authenticated(300.0)
    assert CODEC.read(writer.expiring(30)) == Expiring(30.0)
    assert CODEC.read(writer.draining(1500)) == Draining(1.5)
    starts = [ServerStart("a", Place("e", 7), True), ServerStart("b", None, False)]
    told = TopicsChanged((Start("a", Position("e", 7), True), Start("b", None, False)))
    assert CODEC.read(writer.subscribed(["a", "b"], starts, ID)) == told
    assert CODEC.read(writer.unsubscribed(["a"], ID)) == TopicsChanged()
    assert CODEC.read(writer.missed("a", Place("e", 7))[0]["bytes"]) == Missed("a", Position("e", 7))
    for change in Told:
        frame = writer.presence(change, "a", ["u", "v"], 3)[0]["bytes"]
        assert CODEC.read(frame) == Presence("a", change.value, ("u", "v"), 3)


def test_a_refusal_is_read_as_the_problem_that_it_is() -> None:
    problem = Problem(type="/problems/x", title="X", status=409, code="x", trace_id="t", detail="why")
    reply = CODEC.read(ProtobufWriter({}).refusal(3, ID, 6, problem))
    assert isinstance(reply, Reply)
    assert (reply.request_id, reply.status, reply.data["code"], reply.data["msg"]) == (ID, 6, "x", "why")
    unread = CODEC.read(ProtobufWriter({}).refusal(None, None, 2, problem))
    assert isinstance(unread, Reply)
    assert unread.request_id is None


def test_a_push_has_its_place_in_the_topic() -> None:
    frame = envelope_pb2.Response(pkg_id=1001, req_id=NIL, data=b"x", topic="artists", offset=0, epoch="e")
    assert CODEC.read(frame.SerializeToString()) == Push(1001, b"x", "artists", 0, "e")


def test_a_list_has_its_meta_beside_it() -> None:
    data = artists_pb2.ArtistPage(items=[artists_pb2.Artist(id=7)]).SerializeToString()
    meta = envelope_pb2.PageMeta(page=1, total=9, has_more=True)
    reply = CODEC.read(ProtobufWriter({}).reply(2, ID, data, meta))
    assert isinstance(reply, Reply)
    found: Any = CODEC.result(PAGE, reply)
    assert [one["id"] for one in found["items"]] == [7]
    assert (found["meta"]["total"], found["meta"]["has_more"], found["meta"]["next_cursor"]) == (9, True, None)


def test_text_is_no_frame_and_a_reply_to_nobody_neither() -> None:
    for frame in ("{}", b"\x08", envelope_pb2.Response(req_id=ID).SerializeToString(), b""):
        with pytest.raises(BadFrame):
            CODEC.read(frame)


@given(st.binary(max_size=60) | st.builds(
    lambda pkg_id, data, status: envelope_pb2.Response(
        pkg_id=pkg_id, req_id=ID, data=data, status_code=envelope_pb2.RspCode.ValueType(status)
    ).SerializeToString(),
    st.sampled_from([1, 3, 60_000, 60_001, 60_003]), st.binary(max_size=40), st.integers(0, 20),
))  # fmt: skip
def test_any_bytes_are_a_frame_or_a_bad_one(frame: bytes) -> None:
    try:
        found = CODEC.read(frame)
        if isinstance(found, Reply) and found.status == 0:
            CODEC.result(CREATE, found)
    except BadFrame:
        return
    assert isinstance(found, Reply | Push | Authenticated | Expiring | TopicsChanged | Draining)
