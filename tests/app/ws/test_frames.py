"""What is written is the contract's frame, member by member, in both formats."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.wrappers_pb2 import Int32Value

from app.broadcast.broker import Delivery, Position
from app.broadcast.presence import Told
from app.errors import problem
from app.ws.envelope import ControlId
from app.ws.frames import NIL_REQ_ID, JsonWriter, ProtobufWriter, Start
from generated.errors import ArtistNotFound, RateLimited
from generated.proto import artists_pb2, envelope_pb2, stele_control_pb2
from generated.results import ArtistCreated
from generated.wire import CODECS, EVENT_CODECS
from tests.app.ws.fakes import REQ_ID, artist, artist_page

JSON = JsonWriter(EVENT_CODECS)
PROTOBUF = ProtobufWriter(EVENT_CODECS)
DELIVERY = Delivery("artists", 9, "e1", 1001, ArtistCreated(artist=artist()))
STARTS = [Start("a", Position("e", 7), True), Start("b", None, False)]
PAGE = CODECS["get_paginated_artists"]
ONE = CODECS["get_artist"]


def parse(frame: bytes) -> envelope_pb2.Response:
    return envelope_pb2.Response.FromString(frame)


def test_a_json_reply_has_exactly_the_members_of_the_contract() -> None:
    reply = json.loads(JSON.reply(4, REQ_ID, *ONE.frame_json(artist())))
    assert {**reply, "data": reply["data"]["name"]} == {"pkg_id": 4, "req_id": REQ_ID, "status_code": 0, "data": "Ünal"}


def test_a_json_page_has_meta_beside_its_items() -> None:
    reply = json.loads(JSON.reply(2, REQ_ID, *PAGE.frame_json(artist_page())))
    assert list(reply) == ["pkg_id", "req_id", "status_code", "meta", "data"]
    assert reply["meta"]["total"] == 1
    assert [item["id"] for item in reply["data"]] == [7]


def test_a_protobuf_reply_says_ok_although_ok_is_zero() -> None:
    assert PAGE.frame_protobuf is not None
    reply = parse(PROTOBUF.reply(2, REQ_ID, *PAGE.frame_protobuf(artist_page())))
    assert (reply.HasField("status_code"), reply.status_code, reply.pkg_id, reply.req_id) == (True, 0, 2, REQ_ID)
    assert (reply.meta.total, artists_pb2.ArtistPage.FromString(reply.data).items[0].id) == (1, 7)
    assert not reply.HasField("topic")


@pytest.mark.parametrize(
    ("error", "msg"), [(ArtistNotFound("No 7."), "No 7."), (ArtistNotFound(), ArtistNotFound.title)]
)
def test_a_refusal_carries_the_problem_with_msg_in_both_formats(error: ArtistNotFound, msg: str) -> None:
    frame = json.loads(JSON.refusal(4, REQ_ID, error.rsp, problem(error, "t1")))
    assert (frame["pkg_id"], frame["req_id"], frame["status_code"]) == (4, REQ_ID, 5)
    assert (frame["data"]["code"], frame["data"]["msg"], frame["data"]["trace_id"]) == ("artist_not_found", msg, "t1")
    response = parse(PROTOBUF.refusal(4, REQ_ID, error.rsp, problem(error, "t1")))
    told = envelope_pb2.Problem.FromString(response.data)
    assert (response.status_code, told.code, told.msg, told.status) == (5, "artist_not_found", msg, 404)


def test_a_refusal_of_what_could_not_be_read_has_null_or_nothing() -> None:
    error = RateLimited(retry_after_s=3)
    frame = json.loads(JSON.refusal(None, None, error.rsp, problem(error, "t1")))
    assert (frame["pkg_id"], frame["req_id"], frame["data"]["retry_after"]) == (None, None, 3)
    response = parse(PROTOBUF.refusal(None, None, error.rsp, problem(error, "t1")))
    assert not response.HasField("pkg_id")
    assert not response.HasField("req_id")
    assert envelope_pb2.Problem.FromString(response.data).retry_after == 3


def test_a_json_push_is_no_reply() -> None:
    message, size = JSON.push(DELIVERY, DELIVERY.name, JSON.data(DELIVERY))
    frame = json.loads(message["text"])
    assert size == len(message["text"].encode())
    assert list(frame) == ["pkg_id", "req_id", "topic", "offset", "epoch", "data"]
    assert (frame["pkg_id"], frame["req_id"], frame["offset"], frame["epoch"]) == (1001, NIL_REQ_ID, 9, "e1")
    assert frame["data"]["artist"]["name"] == "Ünal"


def test_a_protobuf_push_has_no_status_code() -> None:
    message, size = PROTOBUF.push(DELIVERY, DELIVERY.name, PROTOBUF.data(DELIVERY))
    frame = parse(message["bytes"])
    assert size == len(message["bytes"])
    assert not frame.HasField("status_code")
    assert (frame.topic, frame.offset, frame.epoch, frame.req_id) == ("artists", 9, "e1", NIL_REQ_ID)
    assert artists_pb2.ArtistCreated.FromString(frame.data).artist.id == 7


def test_json_answers_of_control_frames() -> None:
    assert json.loads(JSON.authenticated(60, None)) == {"type": "auth_ok", "expires_in": 60}
    assert json.loads(JSON.expiring(6)) == {"type": "auth.expiring", "expires_in": 6}
    assert json.loads(JSON.draining(1500)) == {"type": "server.draining", "reconnect_after_ms": 1500}
    assert json.loads(JSON.subscribed(["a", "b"], STARTS, None)) == {
        "type": "subscribed",
        "topics": ["a", "b"],
        "positions": [
            {"topic": "a", "epoch": "e", "offset": 7, "recovered": True},
            {"topic": "b", "epoch": "", "offset": 0, "recovered": False},
        ],
    }
    assert json.loads(JSON.unsubscribed(["a"], None)) == {"type": "unsubscribed", "topics": ["a"]}
    missed: Any = JSON.missed("a", Position("e", 7))[0]["text"]
    assert json.loads(missed) == {"type": "topic.missed", "topic": "a", "epoch": "e", "offset": 7}
    present: Any = JSON.presence(Told.JOINED, "a", ["ünal"], 3)[0]["text"]
    assert json.loads(present) == {"type": "topic.joined", "topic": "a", "users": ["ünal"], "count": 3}


def test_protobuf_answers_of_control_frames_echo_the_req_id() -> None:
    ok = parse(PROTOBUF.authenticated(60, REQ_ID))
    assert (ok.pkg_id, ok.req_id, Int32Value.FromString(ok.data).value) == (ControlId.AUTH, REQ_ID, 60)
    warning = parse(PROTOBUF.expiring(6))
    assert (warning.req_id, warning.HasField("status_code")) == (NIL_REQ_ID, False)
    ending = parse(PROTOBUF.draining(1500))
    assert (ending.pkg_id, ending.req_id, ending.HasField("status_code")) == (ControlId.DRAINING, NIL_REQ_ID, False)
    assert Int32Value.FromString(ending.data).value == 1500
    topics = parse(PROTOBUF.subscribed(["a", "b"], STARTS, REQ_ID))
    told = stele_control_pb2.Topics.FromString(topics.data)
    assert (topics.pkg_id, list(told.topics)) == (ControlId.SUBSCRIBE, ["a", "b"])
    assert [(one.topic, one.epoch, one.offset, one.recovered) for one in told.positions] == [
        ("a", "e", 7, True),
        ("b", "", 0, False),
    ]
    left = parse(PROTOBUF.unsubscribed(["a"], REQ_ID))
    assert (left.pkg_id, list(FieldMask.FromString(left.data).paths)) == (ControlId.UNSUBSCRIBE, ["a"])
    missed: Any = PROTOBUF.missed("a", Position("e", 7))[0]["bytes"]
    frame = parse(missed)
    place = stele_control_pb2.Position.FromString(frame.data)
    assert (frame.pkg_id, frame.HasField("status_code")) == (ControlId.MISSED, False)
    assert (place.topic, place.epoch, place.offset) == ("a", "e", 7)


@pytest.mark.parametrize(
    ("told", "control"),
    [(Told.PRESENT, ControlId.PRESENT), (Told.JOINED, ControlId.JOINED), (Told.LEFT, ControlId.LEFT)],
)
def test_who_is_present_is_told_in_protobuf_as_in_json(told: Told, control: ControlId) -> None:
    message, size = PROTOBUF.presence(told, "a", ["ann", "bob"], 7)
    frame = parse(message["bytes"])
    data = stele_control_pb2.Presence.FromString(frame.data)
    assert (frame.pkg_id, frame.req_id, frame.HasField("status_code"), size) == (
        control, NIL_REQ_ID, False, len(message["bytes"])
    )  # fmt: skip
    assert (data.topic, list(data.users), data.count) == ("a", ["ann", "bob"], 7)
