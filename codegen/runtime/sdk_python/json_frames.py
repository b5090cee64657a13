"""The JSON encoding of both doors. What comes in is read tolerantly: members that are unknown are left alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

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
from .json_codec import encode_json, plain
from .operation import EventType, Operation

T = TypeVar("T")
NIL = "00000000-0000-0000-0000-000000000000"


class JsonCodec:
    content_type = "application/json"
    stream_type = "text/event-stream"
    frame_type: type[str] | type[bytes] = str

    def body(self, operation: Operation[Any], values: Mapping[str, Any]) -> bytes:
        return encode_json(values)

    def answer(self, operation: Operation[Any], body: bytes) -> object:
        return _parse(body) if body else None

    def request(
        self, operation: Operation[Any], values: Mapping[str, Any], request_id: str, meta: Mapping[str, Any]
    ) -> str | bytes:
        frame: dict[str, Any] = {"pkg_id": operation.pkg_id, "req_id": request_id}
        if meta:
            frame["meta"] = meta
        return _compact(frame | {"data": plain(values)})

    def authenticate(self, token: str) -> str | bytes:
        return _compact({"type": "auth", "token": f"Bearer {token}"})

    def cancel(self, request_id: str) -> str | bytes:
        return _compact({"type": "cancel", "req_id": request_id})

    def credit(self, request_id: str, items: int) -> str | bytes:
        return _compact({"type": "credit", "req_id": request_id, "items": items})

    def subscribe(self, topics: Sequence[str], after: Mapping[str, Position], presence: Sequence[str]) -> str | bytes:
        frame: dict[str, Any] = {"type": "subscribe", "topics": list(topics)}
        if after:
            frame["positions"] = [
                {"topic": topic, "epoch": one.epoch, "offset": one.offset} for topic, one in after.items()
            ]
        if presence:
            frame["presence"] = list(presence)
        return _compact(frame)

    def unsubscribe(self, topics: Sequence[str]) -> str | bytes:
        return _compact({"type": "unsubscribe", "topics": list(topics)})

    def frames(self, message: str | bytes) -> Sequence[str | bytes]:
        """They are lines."""
        if not isinstance(message, str):
            raise BadFrame("a frame is text")
        return message.split("\n")

    def read(self, frame: str | bytes) -> Frame:
        members = _parse(frame)
        if not isinstance(members, dict):
            raise BadFrame("a frame is a JSON object")
        if "type" in members:
            return _control(members)
        request_id, pkg_id = _told(members, "req_id", str), _told(members, "pkg_id", int)
        if "status_code" not in members:
            if request_id != NIL or pkg_id is None:
                raise BadFrame("a frame without a status_code is a push")
            place = _told(members, "topic", str), _told(members, "offset", int), _told(members, "epoch", str)
            return Push(pkg_id, members.get("data"), *place)
        status = _told(members, "status_code", int)
        if status is None:
            raise BadFrame("status_code is a number")
        offset = _told(members, "offset", int)
        return Reply(request_id, pkg_id, status, members.get("data"), members.get("meta"), offset)

    def result(self, operation: Operation[Any], reply: Reply) -> object:
        if not operation.is_list:
            return reply.data
        return {"items": reply.data} | ({} if reply.meta is None else {"meta": reply.meta})

    def event(self, event: EventType[Any], push: Push) -> object:
        return push.data


def _control(members: dict[str, Any]) -> Frame:
    match members["type"]:
        case "auth_ok":
            return Authenticated(_number(members, "expires_in"))
        case "auth.expiring":
            return Expiring(_number(members, "expires_in"))
        case "server.draining":
            return Draining(_number(members, "reconnect_after_ms") / 1000)
        case "topic.missed":
            topic, position = _place(members)
            if position is None:
                raise BadFrame("topic.missed names a position")
            return Missed(topic, position)
        case "topic.present":
            return _presence(members, "present")
        case "topic.joined":
            return _presence(members, "joined")
        case "topic.left":
            return _presence(members, "left")
        case "subscribed" | "unsubscribed":
            starts = members.get("positions")
            return TopicsChanged(tuple(_start(one) for one in starts) if isinstance(starts, list) else ())
    return None


def _presence(members: dict[str, Any], change: Literal["present", "joined", "left"]) -> Presence:
    topic, count = _told(members, "topic", str), _told(members, "count", int)
    users = _told(members, "users", list)
    if topic is None or count is None or users is None or not all(isinstance(user, str) for user in users):
        raise BadFrame("who follows a topic is told by its name, the users and their count")
    return Presence(topic, change, tuple(users), count)


def _start(members: object) -> Start:
    if not isinstance(members, dict):
        raise BadFrame("a position is an object")
    return Start(*_place(members), members.get("recovered") is True)


def _place(members: dict[str, Any]) -> tuple[str, Position | None]:
    topic, epoch, offset = _told(members, "topic", str), _told(members, "epoch", str), _told(members, "offset", int)
    if topic is None:
        raise BadFrame("a position names its topic")
    return topic, Position(epoch, offset or 0) if epoch else None


def _number(members: dict[str, Any], name: str) -> float:
    value = members.get(name)
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


def _told(members: dict[str, Any], name: str, kind: type[T]) -> T | None:
    """A member of the frame, of its type or null."""
    value = members.get(name)
    if value is not None and not isinstance(value, kind):
        raise BadFrame(f"{name} is no {kind.__name__}")
    return value


def _parse(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"no JSON: {error}") from None


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
