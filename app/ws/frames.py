"""Writes frames: replies, refusals, pushes and the answers of control frames, in JSON and in protobuf.

Promises: bytes straight from the operation's codec, formatted around, never parsed again; a refusal's `data` is the Problem
of every door with `msg` added. Knows nothing of sockets but the ASGI message that carries a frame.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from google.protobuf.message import Message as ProtobufMessage
from google.protobuf.wrappers_pb2 import Int32Value

from app.broadcast.broker import Delivery, Position
from app.broadcast.hub import Message
from app.broadcast.presence import Told
from app.ws.envelope import ControlId
from generated.bindings import EventCodec
from generated.proto import envelope_pb2, stele_control_pb2
from generated.results import Problem
from generated.wire import write_problem

NIL_REQ_ID = "00000000-0000-0000-0000-000000000000"
PRESENCE = {Told.PRESENT: ControlId.PRESENT, Told.JOINED: ControlId.JOINED, Told.LEFT: ControlId.LEFT}


@dataclass(frozen=True, slots=True)
class Start:
    """After which event of a topic a subscription's events come. `recovered`: what the caller had not heard is among them, all of it;
    never where no position was given."""

    topic: str
    position: Position | None
    """None where the node has seen nothing of the topic yet: then the epoch is empty and the offset 0."""
    recovered: bool


class Writer(Protocol):
    """A reply's `data` and `meta` are as the codec frames them; nothing is decoded again. Only the protobuf form of a
    control frame has a `req_id`. Numbers of seconds are whole."""

    def reply(self, pkg_id: int, req_id: str, data: bytes, meta: Any) -> bytes:
        """`req_id` is echoed as the caller wrote it."""

    def item(self, pkg_id: int, req_id: str, offset: int, data: bytes) -> bytes:
        """One of a stream; `offset` counts from 0, and says that it is not the last frame of its request."""

    def end(self, pkg_id: int, req_id: str) -> bytes:
        """Of a stream that is whole."""

    def refusal(self, pkg_id: int | None, req_id: str | None, status_code: int, problem: Problem) -> bytes:
        """`pkg_id` and `req_id` are None where the frame did not say them: null in JSON, absent in protobuf."""

    def data(self, delivery: Delivery) -> bytes:
        """The event, made once for all names under which it is heard."""

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        """The ASGI message, made once for all sockets of the format that follow `name`, and the frame's bytes as a number."""

    def authenticated(self, expires_in: int, req_id: str | None) -> bytes: ...
    def expiring(self, expires_in: int) -> bytes:
        """Pushed, and no answer: in protobuf its `req_id` is nil."""

    def draining(self, reconnect_after_ms: int) -> bytes:
        """Pushed, like `expiring`."""

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        """As `push`: events up to `position` will never come."""

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        """As `push`: who is present, or what has changed in it."""

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        """Names what was asked for, not all that is followed, and where each begins."""

    def unsubscribed(self, topics: list[str], req_id: str | None) -> bytes: ...

    def message(self, frame: bytes) -> Message:
        """In the form that ASGI sends: text for JSON, bytes for protobuf."""


class JsonWriter:
    def __init__(self, events: Mapping[int, EventCodec]) -> None:
        self._events = events

    def reply(self, pkg_id: int, req_id: str, data: bytes, meta: Any) -> bytes:
        if meta is None:
            return b'{"pkg_id":%d,"req_id":"%b","status_code":0,"data":%b}' % (pkg_id, req_id.encode(), data)
        head = (pkg_id, req_id.encode(), meta, data)
        return b'{"pkg_id":%d,"req_id":"%b","status_code":0,"meta":%b,"data":%b}' % head

    def item(self, pkg_id: int, req_id: str, offset: int, data: bytes) -> bytes:
        head = (pkg_id, req_id.encode(), offset, data)
        return b'{"pkg_id":%d,"req_id":"%b","status_code":0,"offset":%d,"data":%b}' % head

    def end(self, pkg_id: int, req_id: str) -> bytes:
        return self.reply(pkg_id, req_id, b"null", None)

    def refusal(self, pkg_id: int | None, req_id: str | None, status_code: int, problem: Problem) -> bytes:
        head = (_encode(pkg_id), _encode(req_id), status_code, _encode(with_msg(problem)))
        return b'{"pkg_id":%b,"req_id":%b,"status_code":%d,"data":%b}' % head

    def data(self, delivery: Delivery) -> bytes:
        return self._events[delivery.pkg_id].encode_json(delivery.event)

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        frame = b'{"pkg_id":%d,"req_id":"%b","topic":%b,"offset":%d,"epoch":%b,"data":%b}' % (
            delivery.pkg_id,
            NIL_REQ_ID.encode(),
            _encode(name),
            delivery.offset,
            _encode(delivery.epoch),
            data,
        )
        return self.message(frame), len(frame)

    def authenticated(self, expires_in: int, req_id: str | None) -> bytes:
        return b'{"type":"auth_ok","expires_in":%d}' % expires_in

    def expiring(self, expires_in: int) -> bytes:
        return b'{"type":"auth.expiring","expires_in":%d}' % expires_in

    def draining(self, reconnect_after_ms: int) -> bytes:
        return b'{"type":"server.draining","reconnect_after_ms":%d}' % reconnect_after_ms

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        head = _encode(topic), _encode(position.epoch), position.offset
        frame = b'{"type":"topic.missed","topic":%b,"epoch":%b,"offset":%d}' % head
        return self.message(frame), len(frame)

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        head = told.value.encode(), _encode(name), _encode(users), count
        frame = b'{"type":"topic.%b","topic":%b,"users":%b,"count":%d}' % head
        return self.message(frame), len(frame)

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        places = ((one, *_place(one.position)) for one in starts)
        positions = [
            {"topic": one.topic, "epoch": epoch, "offset": offset, "recovered": one.recovered}
            for one, epoch, offset in places
        ]
        return b'{"type":"subscribed","topics":%b,"positions":%b}' % (_encode(topics), _encode(positions))

    def unsubscribed(self, topics: list[str], req_id: str | None) -> bytes:
        return b'{"type":"unsubscribed","topics":%b}' % _encode(topics)

    def message(self, frame: bytes) -> Message:
        return {"type": "websocket.send", "text": frame.decode()}


class ProtobufWriter:
    def __init__(self, events: Mapping[int, EventCodec]) -> None:
        self._events = events

    def reply(self, pkg_id: int, req_id: str, data: bytes, meta: Any) -> bytes:
        ok = envelope_pb2.RSP_CODE_OK
        response = envelope_pb2.Response(pkg_id=pkg_id, req_id=req_id, data=data, status_code=ok, meta=meta)
        return response.SerializeToString()

    def item(self, pkg_id: int, req_id: str, offset: int, data: bytes) -> bytes:
        ok = envelope_pb2.RSP_CODE_OK
        response = envelope_pb2.Response(pkg_id=pkg_id, req_id=req_id, data=data, status_code=ok, offset=offset)
        return response.SerializeToString()

    def end(self, pkg_id: int, req_id: str) -> bytes:
        return self.reply(pkg_id, req_id, b"", None)

    def refusal(self, pkg_id: int | None, req_id: str | None, status_code: int, problem: Problem) -> bytes:
        message = envelope_pb2.Problem()
        write_problem(message, with_msg(problem))
        return _response(pkg_id, req_id, message.SerializeToString(), status_code)

    def data(self, delivery: Delivery) -> bytes:
        return self._events[delivery.pkg_id].encode_protobuf(delivery.event)

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        frame = envelope_pb2.Response(
            pkg_id=delivery.pkg_id,
            req_id=NIL_REQ_ID,
            topic=name,
            offset=delivery.offset,
            epoch=delivery.epoch,
            data=data,
        ).SerializeToString()
        return self.message(frame), len(frame)

    def authenticated(self, expires_in: int, req_id: str | None) -> bytes:
        return _response(ControlId.AUTH, req_id, Int32Value(value=expires_in).SerializeToString(), 0)

    def expiring(self, expires_in: int) -> bytes:
        return _told(ControlId.AUTH_EXPIRING, Int32Value(value=expires_in))

    def draining(self, reconnect_after_ms: int) -> bytes:
        return _told(ControlId.DRAINING, Int32Value(value=reconnect_after_ms))

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        data = stele_control_pb2.Position(topic=topic, epoch=position.epoch, offset=position.offset)
        frame = _told(ControlId.MISSED, data)
        return self.message(frame), len(frame)

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        data = stele_control_pb2.Presence(topic=name, users=users, count=count)
        frame = _told(PRESENCE[told], data)
        return self.message(frame), len(frame)

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        told = stele_control_pb2.Topics(topics=topics)
        for one in starts:
            epoch, offset = _place(one.position)
            told.positions.add(topic=one.topic, epoch=epoch, offset=offset, recovered=one.recovered)
        return _response(ControlId.SUBSCRIBE, req_id, told.SerializeToString(), 0)

    def unsubscribed(self, topics: list[str], req_id: str | None) -> bytes:
        told = stele_control_pb2.Topics(topics=topics)
        return _response(ControlId.UNSUBSCRIBE, req_id, told.SerializeToString(), 0)

    def message(self, frame: bytes) -> Message:
        return {"type": "websocket.send", "bytes": frame}


def with_msg(problem: Problem) -> Problem:
    """`msg` is the one sentence that older clients show."""
    return msgspec.structs.replace(problem, msg=problem.detail or problem.title)


def _place(position: Position | None) -> tuple[str, int]:
    return (position.epoch, position.offset) if position else ("", 0)


def _encode(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _told(control: ControlId, data: ProtobufMessage) -> bytes:
    """A control frame that nobody asked for."""
    response = envelope_pb2.Response(pkg_id=control, req_id=NIL_REQ_ID, data=data.SerializeToString())
    return response.SerializeToString()


def _response(pkg_id: int | None, req_id: str | None, data: bytes, status_code: int) -> bytes:
    code = envelope_pb2.RspCode.ValueType(status_code)
    response = envelope_pb2.Response(pkg_id=pkg_id, req_id=req_id, data=data, status_code=code)
    return response.SerializeToString()
