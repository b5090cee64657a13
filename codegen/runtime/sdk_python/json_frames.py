"""The JSON encoding of both doors. What comes in is read tolerantly: members that are unknown are left alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .codec import Authenticated, BadFrame, Expiring, Frame, Push, Reply, TopicsChanged
from .json_codec import encode_json, plain
from .operation import EventType, Operation

NIL = "00000000-0000-0000-0000-000000000000"


class JsonCodec:
    content_type = "application/json"
    frame_type: type[str] | type[bytes] = str

    def body(self, operation: Operation[Any], values: Mapping[str, Any]) -> bytes:
        return encode_json(values)

    def answer(self, operation: Operation[Any], body: bytes) -> object:
        return _parse(body) if body else None

    def request(
        self, operation: Operation[Any], values: Mapping[str, Any], request_id: str, timeout_ms: int
    ) -> str | bytes:
        frame = {
            "pkg_id": operation.pkg_id,
            "req_id": request_id,
            "meta": {"timeout_ms": timeout_ms},
            "data": plain(values),
        }
        return _compact(frame)

    def authenticate(self, token: str) -> str | bytes:
        return _compact({"type": "auth", "token": f"Bearer {token}"})

    def cancel(self, request_id: str) -> str | bytes:
        return _compact({"type": "cancel", "req_id": request_id})

    def topics(self, topics: Sequence[str], *, join: bool) -> str | bytes:
        return _compact({"type": "subscribe" if join else "unsubscribe", "topics": list(topics)})

    def read(self, frame: str | bytes) -> Frame:
        members = _parse(frame)
        if not isinstance(members, dict):
            raise BadFrame("a frame is a JSON object")
        if "type" in members:
            return _control(members)
        request_id, pkg_id = members.get("req_id"), members.get("pkg_id")
        if "status_code" not in members:
            if request_id != NIL or not isinstance(pkg_id, int):
                raise BadFrame("a frame without a status_code is a push")
            return Push(pkg_id, members.get("data"), members.get("topic"), members.get("offset"), members.get("epoch"))
        status = members["status_code"]
        if not isinstance(status, int) or not isinstance(request_id, str | None):
            raise BadFrame("status_code is a number and req_id a text")
        return Reply(request_id, pkg_id, status, members.get("data"), members.get("meta"))

    def result(self, operation: Operation[Any], reply: Reply) -> object:
        if not operation.is_list:
            return reply.data
        return {"items": reply.data} | ({} if reply.meta is None else {"meta": reply.meta})

    def event(self, event: EventType[Any], push: Push) -> object:
        return push.data


def _control(members: dict[str, Any]) -> Frame:
    left = members.get("expires_in")
    seconds = float(left) if isinstance(left, int | float) else 0.0
    match members["type"]:
        case "auth_ok":
            return Authenticated(seconds)
        case "auth.expiring":
            return Expiring(seconds)
    return TopicsChanged()


def _parse(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"no JSON: {error}") from None


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
