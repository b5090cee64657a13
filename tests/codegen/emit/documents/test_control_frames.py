"""The frames that run no operation stand in the expanded AsyncAPI, as the service reads and writes them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from app.broadcast.broker import Position
from app.broadcast.presence import Told
from app.ws.envelope import BadFrame, Cancel, ControlId, JsonReader, ProtobufReader, Subscribe
from app.ws.frames import JsonWriter, Start
from codegen.emit.documents.control_frames import PKG_IDS, control_messages, control_operations
from generated.proto import envelope_pb2

REQ_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def judge(message: str) -> jsonschema_rs.Validator:
    payload: dict[str, Any] = control_messages()[message]  # type: ignore[assignment]  # A message is an object.
    return jsonschema_rs.validator_for(payload["payload"], validate_formats=True)


def test_the_numbers_are_those_that_the_service_reads() -> None:
    assert sorted(PKG_IDS.values()) == sorted(ControlId)


def test_what_the_document_takes_the_service_reads() -> None:
    frames: list[tuple[str, dict[str, object], type]] = [
        ("control-cancel", {"type": "cancel", "req_id": REQ_ID}, Cancel),
        ("control-subscribe", {"type": "subscribe", "topics": ["authors"]}, Subscribe),
        ("control-subscribe", {"type": "subscribe", "topics": ["authors"], "presence": ["authors"]}, Subscribe),
    ]
    for message, frame, kind in frames:
        assert judge(message).is_valid(frame)
        assert isinstance(JsonReader().read(json.dumps(frame)), kind)
        assert not judge(message).is_valid(frame | {"other": 1})


@pytest.mark.parametrize(
    ("topics", "is_read"),
    [(["x" * 3000] * 100, True), (["x"] * 101, False), (["x" * 3001], False), (["ok", "é" * 3001], False), ([], False)],
)
def test_topics_are_bounded_alike_in_the_document_and_in_both_encodings(topics: list[str], is_read: bool) -> None:
    frame = {"type": "subscribe", "topics": topics}
    assert judge("control-subscribe").is_valid(frame) is is_read
    data = FieldMask(paths=topics).SerializeToString()
    request = envelope_pb2.Request(pkg_id=ControlId.SUBSCRIBE, req_id=REQ_ID, data=data).SerializeToString()
    assert reads(JsonReader(), json.dumps(frame)) is is_read
    assert reads(ProtobufReader(), request) is is_read


def reads(reader: JsonReader | ProtobufReader, frame: Any) -> bool:
    try:
        reader.read(frame)
    except BadFrame:
        return False
    return True


def test_what_the_service_writes_the_document_has() -> None:
    writer, starts = JsonWriter({}), [Start("a", Position("e", 7), True), Start("b", None, False)]
    present, joined, left = (writer.presence(told, "a", ["ann"] * 1000, 2000)[0] for told in Told)
    missed: Any = writer.missed("a", Position("e", 7))[0]["text"]
    written = {
        "control-subscribed": writer.subscribed(["a", "b"], starts, None),
        "control-unsubscribed": writer.unsubscribed(["a"], None),
        "control-missed": missed,
        "control-authenticated": writer.authenticated(300, None),
        "control-expiring": writer.expiring(5),
        "control-draining": writer.draining(1500),
        "control-present": present["text"],
        "control-joined": joined["text"],
        "control-left": left["text"],
    }
    for message, frame in written.items():
        assert judge(message).is_valid(json.loads(frame)), message


def test_what_nobody_asks_for_is_sent() -> None:
    actions = {
        name: one["action"] for name, one in control_operations("#/channels/web").items() if isinstance(one, dict)
    }
    told = [name for name, action in actions.items() if action == "send"]
    assert told == [
        "control-expiring",
        "control-missed",
        "control-draining",
        "control-present",
        "control-joined",
        "control-left",
    ]
