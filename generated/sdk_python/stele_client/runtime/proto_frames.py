"""The protobuf encoding of both doors. Control frames have PkgIDs from 60000 on; `data` of an event or a reply is its message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value

from .codec import (
    Authenticated,
    BadFrame,
    Draining,
    Expiring,
    Frame,
    Missed,
    Position,
    Presence,
    Push,
    Reply,
    Start,
    TopicsChanged,
)
from .json_frames import NIL
from .operation import Contract, EventType, Operation
from .proto_codec import Messages

AUTH, EXPIRING, CANCEL, SUBSCRIBE, UNSUBSCRIBE = 60_000, 60_001, 60_002, 60_003, 60_004
CREDIT, MISSED, DRAINING = 60_006, 60_007, 60_010
ATTENDANCE: Mapping[int, Literal["present", "joined", "left"]] = {60_011: "present", 60_012: "joined", 60_013: "left"}
PUSHED = (EXPIRING, MISSED, DRAINING, *ATTENDANCE)
TOPICS, POSITION = "stele.control.v1.Topics", "stele.control.v1.Position"
FRAMES, PRESENCE = "stele.control.v1.Frames", "stele.control.v1.Presence"
CONTROL = "00000000-0000-4000-8000-000000000000"
"""The req_id of control frames: their answers are told apart by PkgID and order."""


class ProtobufCodec:
    content_type = "application/x-protobuf"
    stream_type = "application/x-protobuf-seq"
    frame_type: type[str] | type[bytes] = bytes

    def __init__(self, contract: Contract) -> None:
        self._facts = contract.protobuf
        self._messages = Messages(contract.protobuf)

    def body(self, operation: Operation[Any], values: Mapping[str, Any]) -> bytes:
        return self._messages.encode(operation.request_message, values)

    def answer(self, operation: Operation[Any], body: bytes) -> object:
        return self._messages.decode(operation.result_message, body) if operation.result_message else None

    def request(
        self, operation: Operation[Any], values: Mapping[str, Any], request_id: str, meta: Mapping[str, Any]
    ) -> str | bytes:
        data = self.body(operation, values) if operation.request_message else b""
        return self._frame(operation.pkg_id or 0, request_id, data, meta)

    def authenticate(self, token: str) -> str | bytes:
        return self._frame(AUTH, CONTROL, f"Bearer {token}".encode())

    def cancel(self, request_id: str) -> str | bytes:
        return self._frame(CANCEL, request_id, b"")

    def credit(self, request_id: str, items: int) -> str | bytes:
        return self._frame(CREDIT, request_id, Int32Value(value=items).SerializeToString())

    def subscribe(self, topics: Sequence[str], after: Mapping[str, Position], presence: Sequence[str]) -> str | bytes:
        message = self._messages.new(TOPICS)
        message.topics.extend(topics)
        message.presence.extend(presence)
        for topic, one in after.items():
            message.positions.add(topic=topic, epoch=one.epoch, offset=one.offset)
        return self._frame(SUBSCRIBE, CONTROL, message.SerializeToString())

    def unsubscribe(self, topics: Sequence[str]) -> str | bytes:
        message = self._messages.new(TOPICS)
        message.topics.extend(topics)
        return self._frame(UNSUBSCRIBE, CONTROL, message.SerializeToString())

    def _frame(
        self, pkg_id: int, request_id: str, data: bytes, meta: Mapping[str, Any] = MappingProxyType({})
    ) -> bytes:
        frame = self._messages.new(self._facts.request)
        frame.pkg_id, frame.req_id, frame.data = pkg_id, request_id, data
        for name, value in meta.items():
            setattr(frame.meta, name, value)
        return bytes(frame.SerializeToString())

    def frames(self, message: str | bytes) -> Sequence[str | bytes]:
        if not isinstance(message, bytes):
            raise BadFrame("a frame is binary")
        frames: Sequence[bytes] = self._messages.parse(FRAMES, message).frames
        return frames

    def read(self, frame: str | bytes) -> Frame:
        if not isinstance(frame, bytes):
            raise BadFrame("a frame is binary")
        message = self._messages.parse(self._facts.response, frame)
        pkg_id = message.pkg_id if message.HasField("pkg_id") else None
        if not message.HasField("status_code") and pkg_id not in PUSHED:
            if message.req_id != NIL or pkg_id is None:
                raise BadFrame("a frame without a status_code is a push")
            offset = message.offset if message.HasField("offset") else None
            return Push(pkg_id, message.data, message.topic or None, offset, message.epoch or None)
        if pkg_id is not None and pkg_id >= AUTH:
            return self._control(pkg_id, message)
        return self._reply(pkg_id, message)

    def _control(self, pkg_id: int, message: Any) -> Frame:
        if message.status_code:
            return Reply(None, pkg_id, message.status_code, self._problem(message.data))
        if pkg_id in (AUTH, EXPIRING):
            seconds = float(_number(message.data))
            return Authenticated(seconds) if pkg_id == AUTH else Expiring(seconds)
        if pkg_id == DRAINING:
            return Draining(max(0, _number(message.data)) / 1000)
        if pkg_id == MISSED:
            one = self._messages.parse(POSITION, message.data)
            return Missed(one.topic, Position(one.epoch, one.offset))
        if pkg_id in ATTENDANCE:
            present = self._messages.parse(PRESENCE, message.data)
            return Presence(present.topic, ATTENDANCE[pkg_id], tuple(present.users), present.count)
        told = self._messages.parse(TOPICS, message.data)
        return TopicsChanged(tuple(Start(one.topic, _position(one), one.recovered) for one in told.positions))

    def _reply(self, pkg_id: int | None, message: Any) -> Frame:
        request_id = message.req_id if message.HasField("req_id") else None
        data = self._problem(message.data) if message.status_code else message.data
        meta = message.meta if message.HasField("meta") else None
        offset = message.offset if message.HasField("offset") else None
        return Reply(request_id, pkg_id, message.status_code, data, meta, offset)

    def _problem(self, data: bytes) -> dict[str, Any]:
        return self._messages.decode(self._facts.problem, data)

    def result(self, operation: Operation[Any], reply: Reply) -> object:
        if not operation.result_message:
            return None
        values = self._messages.decode(operation.result_message, reply.data)
        return values if reply.meta is None else values | {"meta": self._messages.values(reply.meta)}

    def event(self, event: EventType[Any], push: Push) -> object:
        return self._messages.decode(event.message, push.data)


def _position(one: Any) -> Position | None:
    return Position(one.epoch, one.offset) if one.epoch else None


def _number(data: bytes) -> int:
    try:
        return Int32Value.FromString(data).value
    except DecodeError:
        return 0
