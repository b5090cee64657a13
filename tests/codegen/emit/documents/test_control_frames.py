"""The frames that run no operation stand in the expanded AsyncAPI, as the service reads and writes them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from app.ws.envelope import Cancel, ControlId, JsonReader, Subscribe
from app.ws.frames import JsonWriter
from codegen.emit.documents.control_frames import PKG_IDS, control_messages, control_operations

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
    ]
    for message, frame, kind in frames:
        assert judge(message).is_valid(frame)
        assert isinstance(JsonReader().read(json.dumps(frame)), kind)
        assert not judge(message).is_valid(frame | {"other": 1})


@pytest.mark.parametrize("control", [ControlId.SUBSCRIBE, ControlId.UNSUBSCRIBE])
def test_what_the_service_writes_the_document_has(control: ControlId) -> None:
    message = "control-subscribed" if control is ControlId.SUBSCRIBE else "control-unsubscribed"
    writer = JsonWriter({})
    assert judge(message).is_valid(json.loads(writer.topics(control, ["authors"], None)))
    assert judge("control-authenticated").is_valid(json.loads(writer.authenticated(300, None)))
    assert judge("control-expiring").is_valid(json.loads(writer.expiring(5)))


def test_only_the_warning_is_sent_unasked() -> None:
    actions = {
        name: one["action"] for name, one in control_operations("#/channels/web").items() if isinstance(one, dict)
    }
    assert [name for name, action in actions.items() if action == "send"] == ["control-expiring"]
