"""Frames are read strictly, in both formats, and whatever arrives ends in a request, a control frame or BadFrame."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.wrappers_pb2 import Int32Value
from hypothesis import given
from hypothesis import strategies as st

from app.broadcast.broker import Position
from app.telemetry.traceparent import Traceparent
from app.ws.envelope import (
    Authenticate,
    BadFrame,
    Cancel,
    ControlId,
    Credit,
    JsonReader,
    ProtobufReader,
    Request,
    Subscribe,
    Unsubscribe,
)
from generated.proto import envelope_pb2
from generated.proto.stele_control_pb2 import Position as ProtoPosition
from generated.proto.stele_control_pb2 import Topics
from tests.app.ws.fakes import REQ_ID

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
DEEP = "[" * 100_000


def json_frame(**members: Any) -> str:
    return json.dumps({"pkg_id": 4, "req_id": REQ_ID, "data": {"artist_id": 1}} | members)


def protobuf_frame(**members: Any) -> bytes:
    fields: dict[str, Any] = {"pkg_id": 4, "req_id": REQ_ID, "data": b"\x08\x01"} | members
    return envelope_pb2.Request(**fields).SerializeToString()


def refused(reader: JsonReader | ProtobufReader, frame: Any) -> BadFrame:
    with pytest.raises(BadFrame) as caught:
        reader.read(frame)
    return caught.value


@pytest.mark.parametrize("meta", [{"traceparent": TRACEPARENT}, {"traceparent": TRACEPARENT, "timeout_ms": 250}])
def test_the_caller_s_span_stands_in_meta_in_both_formats(meta: dict[str, Any]) -> None:
    told = envelope_pb2.RequestMeta(**meta)
    for read in (JsonReader().read(json_frame(meta=meta)), ProtobufReader().read(protobuf_frame(meta=told))):
        assert isinstance(read, Request)
        assert read.parent == Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=True)
        assert read.timeout_s == (0.25 if "timeout_ms" in meta else None)


@pytest.mark.parametrize("text", ["", "nonsense", TRACEPARENT.upper(), "0" * 256])
def test_a_text_that_is_no_span_is_as_none(text: str) -> None:
    told = envelope_pb2.RequestMeta(traceparent=text)
    for read in (
        JsonReader().read(json_frame(meta={"traceparent": text})),
        ProtobufReader().read(protobuf_frame(meta=told)),
    ):
        assert isinstance(read, Request)
        assert read.parent is None


def test_a_json_request_keeps_its_data_as_bytes() -> None:
    assert JsonReader().read(json_frame(meta={"timeout_ms": 250})) == Request(4, REQ_ID, b'{"artist_id": 1}', 0.25)
    assert JsonReader().read(json_frame(meta={})) == Request(4, REQ_ID, b'{"artist_id": 1}', None)


def test_a_protobuf_request_keeps_its_data_as_bytes() -> None:
    meta = envelope_pb2.RequestMeta(timeout_ms=250)
    assert ProtobufReader().read(protobuf_frame(meta=meta)) == Request(4, REQ_ID, b"\x08\x01", 0.25)
    assert ProtobufReader().read(protobuf_frame()) == Request(4, REQ_ID, b"\x08\x01", None)


@pytest.mark.parametrize("version", "01478")
@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_a_req_id_of_any_version_and_case_is_taken_as_it_is_written(
    version: str, spelling: Callable[[str], str]
) -> None:
    req_id = spelling(f"0f8fad5b-d9cb-{version}69f-a165-70867728950e")
    frame = json_frame(req_id=req_id)
    for read in (JsonReader().read(frame), ProtobufReader().read(protobuf_frame(req_id=req_id))):
        assert isinstance(read, Request)
        assert read.req_id == req_id


@pytest.mark.parametrize(
    "frame", ["", "{", "[1]", "5", "null", '"x"', "NaN", "\ufeff{}", "{}x", DEEP, '{"a":' * 3_000, '{"data":"\ud800"}']
)
def test_what_is_no_json_object_is_malformed_with_nothing_to_echo(frame: str) -> None:
    bad = refused(JsonReader(), frame)
    assert (bad.error.code, bad.pkg_id, bad.req_id) == ("malformed", None, None)


@pytest.mark.parametrize(
    ("members", "pkg_id", "req_id"),
    [
        ({"extra": 1}, 4, REQ_ID),
        ({"req_id": "no-uuid"}, 4, None),
        ({"req_id": REQ_ID.replace("-", "")}, 4, None),
        ({"req_id": REQ_ID + "\n"}, 4, None),
        ({"req_id": 5}, 4, None),
        ({"pkg_id": "4"}, None, REQ_ID),
        ({"pkg_id": True}, None, REQ_ID),
        ({"pkg_id": 1.5}, None, REQ_ID),
        ({"pkg_id": None}, None, REQ_ID),
        ({"pkg_id": 0}, None, REQ_ID),
        ({"meta": None}, 4, REQ_ID),
        ({"meta": {"timeout_ms": 0}}, 4, REQ_ID),
        ({"meta": {"timeout_ms": 30_001}}, 4, REQ_ID),
        ({"meta": {"timeout_ms": "5"}}, 4, REQ_ID),
        ({"meta": {"traceparent": "0" * 257}}, 4, REQ_ID),
        ({"meta": {"traceparent": None}}, 4, REQ_ID),
        ({"meta": {"more": 5}}, 4, REQ_ID),
        ({"type": "shout"}, 4, REQ_ID),
    ],
)
def test_a_json_object_that_is_no_frame_echoes_what_could_be_read(
    members: dict[str, Any], pkg_id: int | None, req_id: str | None
) -> None:
    bad = refused(JsonReader(), json_frame(**members))
    assert (bad.error.code, bad.pkg_id, bad.req_id) == ("invalid_data", pkg_id, req_id)


@pytest.mark.parametrize("member", ["pkg_id", "req_id", "data"])
def test_every_member_but_meta_is_required(member: str) -> None:
    members = json.loads(json_frame())
    del members[member]
    assert refused(JsonReader(), json.dumps(members)).error.code == "invalid_data"


@pytest.mark.parametrize("data", ["NaN", "Infinity", DEEP, '"\\ud800"', '"\x00"', "{,}", "01"])
def test_data_that_is_no_json_makes_the_frame_bad(data: str) -> None:
    frame = f'{{"pkg_id":4,"req_id":"{REQ_ID}","data":{data}}}'
    assert refused(JsonReader(), frame).error.rsp == 2


@pytest.mark.parametrize(
    ("frame", "control"),
    [
        ({"type": "auth", "token": "Bearer x"}, Authenticate("Bearer x", None)),
        ({"type": "cancel", "req_id": REQ_ID}, Cancel(REQ_ID)),
        ({"type": "credit", "req_id": REQ_ID, "items": 1000}, Credit(REQ_ID, 1000)),
        ({"type": "subscribe", "topics": ["artists"]}, Subscribe(["artists"], None)),
        (
            {
                "type": "subscribe",
                "topics": ["artists"],
                "positions": [{"topic": "artists", "epoch": "e", "offset": 7}],
            },
            Subscribe(["artists"], None, {"artists": Position("e", 7)}),
        ),
        (
            {"type": "subscribe", "topics": ["artists", "x"], "presence": ["x"]},
            Subscribe(["artists", "x"], None, {}, ["x"]),
        ),
        ({"type": "unsubscribe", "topics": ["artists"]}, Unsubscribe(["artists"], None)),
    ],
)
def test_json_control_frames_are_told_by_their_type(frame: dict[str, Any], control: object) -> None:
    assert JsonReader().read(json.dumps(frame)) == control


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "auth"},
        {"type": "auth", "token": 5},
        {"type": "auth", "token": "x", "extra": 1},
        {"type": "subscribe", "topics": []},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "b", "epoch": "e", "offset": 7}]},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "a", "epoch": "e", "offset": 7}] * 2},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "a", "epoch": "", "offset": 7}]},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "a", "epoch": "e", "offset": -1}]},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "a", "epoch": "e", "offset": 2**53}]},
        {"type": "subscribe", "topics": ["a"], "positions": [{"topic": "a", "epoch": "e"}]},
        {"type": "subscribe", "topics": ["a"], "presence": ["b"]},
        {"type": "subscribe", "topics": ["a"], "presence": ["a"] * 101},
        {"type": "unsubscribe", "topics": ["a"], "presence": ["a"]},
        {"type": "unsubscribe", "topics": ["a"], "positions": []},
        {"type": "subscribe", "topics": ["x"] * 101},
        {"type": "credit", "req_id": REQ_ID, "items": 0},
        {"type": "credit", "req_id": REQ_ID, "items": 1001},
        {"type": 5},
    ],
)
def test_control_frames_are_closed_too(frame: dict[str, Any]) -> None:
    assert refused(JsonReader(), json.dumps(frame)).error.code == "invalid_data"


@pytest.mark.parametrize(
    ("members", "pkg_id", "req_id"),
    [
        ({"req_id": ""}, 4, None),
        ({"req_id": "no-uuid"}, 4, None),
        ({"pkg_id": 0}, None, REQ_ID),
        ({"pkg_id": -4}, None, REQ_ID),
        ({"meta": envelope_pb2.RequestMeta(timeout_ms=0)}, 4, REQ_ID),
        ({"meta": envelope_pb2.RequestMeta(timeout_ms=30_001)}, 4, REQ_ID),
        ({"meta": envelope_pb2.RequestMeta(traceparent="0" * 257)}, 4, REQ_ID),
    ],
)
def test_a_protobuf_message_that_is_no_frame_echoes_what_could_be_read(
    members: dict[str, Any], pkg_id: int | None, req_id: str | None
) -> None:
    bad = refused(ProtobufReader(), protobuf_frame(**members))
    assert (bad.error.code, bad.pkg_id, bad.req_id) == ("invalid_data", pkg_id, req_id)


@pytest.mark.parametrize("frame", [b"\xff", b"\x12\x02\xff\xff", b"{}"])
def test_what_is_no_protobuf_is_malformed(frame: bytes) -> None:
    assert refused(ProtobufReader(), frame).error.code == "malformed"


def test_protobuf_control_frames_are_told_by_their_pkg_id() -> None:
    topics = FieldMask(paths=["artists"]).SerializeToString()
    place = ProtoPosition(topic="artists", epoch="e", offset=7)
    resumed = Topics(topics=["artists"], positions=[place]).SerializeToString()
    controls = {
        ControlId.AUTH: (b"Bearer x", Authenticate("Bearer x", REQ_ID)),
        ControlId.CANCEL: (b"", Cancel(REQ_ID)),
        ControlId.CREDIT: (Int32Value(value=1).SerializeToString(), Credit(REQ_ID, 1)),
        ControlId.SUBSCRIBE: (topics, Subscribe(["artists"], REQ_ID)),
        ControlId.UNSUBSCRIBE: (topics, Unsubscribe(["artists"], REQ_ID)),
    }
    for pkg_id, (data, control) in controls.items():
        assert ProtobufReader().read(protobuf_frame(pkg_id=pkg_id, data=data)) == control
    again = ProtobufReader().read(protobuf_frame(pkg_id=ControlId.SUBSCRIBE, data=resumed))
    assert again == Subscribe(["artists"], REQ_ID, {"artists": Position("e", 7)})
    data = Topics(topics=["artists", "x"], presence=["x"]).SerializeToString()
    watched = ProtobufReader().read(protobuf_frame(pkg_id=ControlId.SUBSCRIBE, data=data))
    assert watched == Subscribe(["artists", "x"], REQ_ID, {}, ["x"])


BAD_PLACES = [
    [ProtoPosition(topic="b", epoch="e", offset=7)],
    [ProtoPosition(topic="a", epoch="e", offset=7)] * 2,
    [ProtoPosition(topic="a", offset=7)],
    [ProtoPosition(topic="a", epoch="e" * 65)],
    [ProtoPosition(topic="a", epoch="e", offset=-1)],
    [ProtoPosition(topic="a", epoch="e", offset=2**53)],
    [ProtoPosition(topic="a", epoch="e", recovered=True)],
]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"",
        *(Topics(topics=["a"], positions=one).SerializeToString() for one in BAD_PLACES),
        Topics(topics=["a"], presence=["b"]).SerializeToString(),
        Topics(topics=["a"], presence=["a"] * 101).SerializeToString(),
    ],
)
def test_a_protobuf_control_frame_with_unreadable_data_is_bad(data: bytes) -> None:
    bad = refused(ProtobufReader(), protobuf_frame(pkg_id=ControlId.SUBSCRIBE, data=data))
    assert (bad.error.code, bad.pkg_id, bad.req_id) == ("invalid_data", ControlId.SUBSCRIBE, REQ_ID)


@pytest.mark.parametrize("data", [b"\xff", b"", Int32Value(value=1001).SerializeToString()])
def test_a_grant_that_cannot_be_read_is_bad(data: bytes) -> None:
    bad = refused(ProtobufReader(), protobuf_frame(pkg_id=ControlId.CREDIT, data=data))
    assert (bad.error.code, bad.pkg_id, bad.req_id) == ("invalid_data", ControlId.CREDIT, REQ_ID)


@given(st.text() | st.from_regex(r'\{"(pkg_id|req_id|data|meta|type)":.{0,20}\}'))
def test_any_text_is_a_frame_or_bad_and_nothing_else(frame: str) -> None:
    try:
        JsonReader().read(frame)
    except BadFrame as bad:
        assert bad.error.rsp == 2


@given(st.binary())
def test_any_bytes_are_a_frame_or_bad_and_nothing_else(frame: bytes) -> None:
    try:
        ProtobufReader().read(frame)
    except BadFrame as bad:
        assert bad.error.rsp == 2
