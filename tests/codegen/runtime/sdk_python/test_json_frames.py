"""Frames in JSON as the service reads and writes them; whatever else comes is a bad frame and nothing worse."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.broadcast.broker import Position as Place
from app.broadcast.presence import Told
from app.telemetry.traceparent import read_traceparent
from app.ws.envelope import Authenticate, Cancel, JsonReader, Request, Subscribe, Unsubscribe
from app.ws.frames import JsonWriter
from app.ws.frames import Start as ServerStart
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
from generated.sdk_python.stele_client.runtime.json_frames import NIL, JsonCodec

ID = str(uuid.uuid4())
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
CODEC = JsonCodec()
CREATE: Any = CONTRACT.operations["create_artist"]
FIND: Any = CONTRACT.operations["get_artists"]


def said(frame: str | bytes) -> object:
    assert isinstance(frame, str)
    return JsonReader().read(frame)


def test_the_service_reads_what_is_said() -> None:
    request = said(CODEC.request(CREATE, {"name": "Ada"}, ID, {"timeout_ms": 1500, "traceparent": TRACEPARENT}))
    assert request == Request(CREATE.pkg_id, ID, b'{"name":"Ada"}', 1.5, read_traceparent(TRACEPARENT))
    assert said(CODEC.authenticate("a.b.c")) == Authenticate("Bearer a.b.c", None)
    assert said(CODEC.cancel(ID)) == Cancel(ID)
    assert said(CODEC.subscribe(["artists"], {}, [])) == Subscribe(["artists"], None)
    resumed = CODEC.subscribe(["artists"], {"artists": Position("e", 7)}, ["artists"])
    assert said(resumed) == Subscribe(["artists"], None, {"artists": Place("e", 7)}, ["artists"])
    assert said(CODEC.unsubscribe(["artists"])) == Unsubscribe(["artists"], None)


def test_what_the_service_says_is_read() -> None:
    writer = JsonWriter({})
    assert CODEC.read(writer.reply(3, ID, b'{"id":1}', None)) == Reply(ID, 3, 0, {"id": 1}, None)
    assert CODEC.read(writer.reply(3, ID, b"[]", b'{"page":1}')) == Reply(ID, 3, 0, [], {"page": 1})
    assert CODEC.read(writer.authenticated(300, None)) == Authenticated(300.0)
    assert CODEC.read(writer.expiring(30)) == Expiring(30.0)
    assert CODEC.read(writer.draining(1500)) == Draining(1.5)
    starts = [ServerStart("a", Place("e", 7), True), ServerStart("b", None, False)]
    told = TopicsChanged((Start("a", Position("e", 7), True), Start("b", None, False)))
    assert CODEC.read(writer.subscribed(["a", "b"], starts, None)) == told
    assert CODEC.read(writer.unsubscribed(["a"], None)) == TopicsChanged()
    assert CODEC.read(writer.missed("a", Place("e", 7))[0]["text"]) == Missed("a", Position("e", 7))
    for change in Told:
        frame = writer.presence(change, "a", ["u", "v"], 3)[0]["text"]
        assert CODEC.read(frame) == Presence("a", change.value, ("u", "v"), 3)


def test_a_list_has_its_meta_beside_it() -> None:
    assert CODEC.result(FIND, Reply(ID, 1, 0, [1], {"page": 1})) == {"items": [1], "meta": {"page": 1}}
    assert CODEC.result(FIND, Reply(ID, 1, 0, [1])) == {"items": [1]}
    assert CODEC.result(CREATE, Reply(ID, 1, 0, {"id": 1})) == {"id": 1}


@pytest.mark.parametrize(
    "frame",
    [
        "", "[]", "1", "{", "\ud800", '{"pkg_id":1,"req_id":"x"}', '{"req_id":"00000000-0000-0000-0000-000000000000"}',
        '{"status_code":"0"}', '{"status_code":0,"req_id":5}', '{"status_code":null}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_bad_frame_is_one(frame: str) -> None:
    with pytest.raises(BadFrame):
        CODEC.read(frame)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("data", "meta", "topic", "offset", "epoch", "expires_in")
OPTIONAL = dict.fromkeys(NAMES, TREES)
PUSHES = st.fixed_dictionaries({"req_id": st.just(NIL), "pkg_id": st.just(1001)}, optional=OPTIONAL)
REPLIES = st.fixed_dictionaries({"req_id": st.just(ID) | TREES, "status_code": st.just(0) | TREES}, optional=OPTIONAL)
CONTROLS = st.fixed_dictionaries(
    {"type": st.sampled_from(["auth_ok", "auth.expiring", "server.draining", "subscribed"]) | TREES}, optional=OPTIONAL
)


@given(PUSHES | REPLIES | CONTROLS | TREES)
def test_any_json_is_a_frame_or_a_bad_one(value: object) -> None:
    try:
        found = CODEC.read(json.dumps(value))
    except BadFrame:
        return
    assert isinstance(found, Reply | Push | Authenticated | Expiring | TopicsChanged | Draining | None)
    if isinstance(found, Push):
        assert isinstance(found.topic, str | None)
        assert isinstance(found.offset, int | None)
        assert isinstance(found.epoch, str | None)
