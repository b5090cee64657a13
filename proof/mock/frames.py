"""Frames of the socket in both encodings, from the server's side: what came, and what is answered.

`proof.ws.codec` has the client's side. A frame is one JSON value, whichever way it travels.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value

from codegen.emit.control_proto import PACKAGE
from codegen.emit.documents.control_frames import PKG_IDS, PLACE, control_messages
from codegen.ir.operations import Contract, Operation
from proof.documents import Json, judge
from proof.mock.reading import asked
from proof.mock.refusal import Refusal
from proof.mock.topics import Attendance, Told
from proof.protobuf import Protobuf
from proof.ws.codec import JsonFrames, Unreadable

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NIL = "00000000-0000-0000-0000-000000000000"
MAX_PKG_ID, MAX_TIMEOUT_MS = 65_535, 30_000
MAX_TRACEPARENT = 256
CONTROLS = {
    "auth": "control-authenticate",
    "cancel": "control-cancel",
    "credit": "control-credit",
    "subscribe": "control-subscribe",
    "unsubscribe": "control-unsubscribe",
}
"""The message of each control frame that a caller sends, by its `type`."""
ANSWER_TO = {"auth_ok": "auth", "subscribed": "subscribe", "unsubscribed": "unsubscribe"}


@dataclass(frozen=True, slots=True)
class Call:
    """Of an operation that there is; `fields` are not judged. `unfit` is what the data are refused with, once the caller may call."""

    operation: Operation
    req_id: str
    fields: Json
    unfit: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """`auth`, `cancel`, `credit`, `subscribe` or `unsubscribe`; `said` is the frame in JSON. JSON has no `req_id` for them."""

    kind: str
    said: Json
    req_id: str | None = None


class Bad(Exception):
    """A frame that the contract does not know, with the ids that could be read of it."""

    def __init__(self, refusal: Refusal, pkg_id: int | None = None, req_id: str | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.pkg_id = pkg_id
        self.req_id = req_id


class Frames(Protocol):
    """One encoding. `read` raises Bad and nothing else. Frames go out as text or bytes, as the encoding has them."""

    kind: type

    def read(self, raw: Any) -> Call | Control: ...
    def reply(self, operation: Operation, req_id: str, value: Json | None) -> str | bytes: ...
    def item(self, operation: Operation, req_id: str, value: Json) -> str | bytes:
        """The first of a stream."""

    def refusal(self, pkg_id: int | None, req_id: str | None, number: int, problem: Json) -> str | bytes: ...
    def push(self, told: Told) -> str | bytes: ...
    def attendance(self, told: Attendance) -> str | bytes: ...
    def control(self, kind: str, req_id: str | None, said: Json) -> str | bytes: ...


class JsonSide:
    """Text frames."""

    kind: type = str

    def __init__(self, contract: Contract) -> None:
        self._operations = {one.pkg_id: one for one in contract.operations if one.pkg_id is not None}
        self._reader = JsonFrames()
        self._controls = _judges()

    def read(self, raw: str) -> Call | Control:
        try:
            frame = self._reader.read(raw)
        except Unreadable:
            raise Bad(Refusal("malformed", "The frame is not a JSON object.")) from None
        try:
            json.dumps(frame, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise Bad(Refusal("invalid_data", "A text has half of a surrogate pair."), *_ids(frame)) from None
        return self._control(frame) if "type" in frame else self._request(frame)

    def _control(self, frame: Json) -> Control:
        judged = self._controls.get(frame["type"]) if isinstance(frame["type"], str) else None
        if judged is None or not judged.is_valid(frame):
            raise Bad(Refusal("invalid_data", "There is no such control frame."), *_ids(frame))
        return Control(frame["type"], frame)

    def _request(self, frame: Json) -> Call:
        pkg_id, req_id = _ids(frame)
        meta = frame.get("meta", {})
        is_known = {"pkg_id", "req_id", "data"} <= frame.keys() <= {"pkg_id", "req_id", "data", "meta"}
        if not is_known or pkg_id is None or req_id is None or not _is_meta(meta):
            raise Bad(Refusal("invalid_data", "The frame is no request."), pkg_id, req_id)
        operation = self._operations.get(pkg_id)
        if operation is None:
            raise Bad(Refusal("unknown_operation"), pkg_id, req_id)
        if not isinstance(frame["data"], dict):
            return Call(operation, req_id, {}, Refusal("invalid_data", faults=(("", "Should be an object."),)))
        return Call(operation, req_id, frame["data"])

    def reply(self, operation: Operation, req_id: str, value: Json | None) -> str:
        frame: Json = {"pkg_id": operation.pkg_id, "req_id": req_id, "status_code": 0}
        if value is not None and operation.result.has_meta:
            frame["meta"] = value["meta"]
        is_list = value is not None and operation.result.is_list
        return _written({**frame, "data": value["items"] if value is not None and is_list else value})

    def item(self, operation: Operation, req_id: str, value: Json) -> str:
        return _written({"pkg_id": operation.pkg_id, "req_id": req_id, "status_code": 0, "offset": 0, "data": value})

    def refusal(self, pkg_id: int | None, req_id: str | None, number: int, problem: Json) -> str:
        return _written({"pkg_id": pkg_id, "req_id": req_id, "status_code": number, "data": problem})

    def push(self, told: Told) -> str:
        place = {"topic": told.topic, "offset": told.offset, "epoch": told.epoch}
        return _written({"pkg_id": told.event.pkg_id, "req_id": NIL, **place, "data": told.data})

    def attendance(self, told: Attendance) -> str:
        said = {"topic": told.topic, "users": list(told.users), "count": told.count}
        return _written({"type": f"topic.{told.change}", **said})

    def control(self, kind: str, req_id: str | None, said: Json) -> str:
        return _written({"type": kind, **said})


class ProtobufSide:
    """Binary frames: `Request` and `Response` of envelope.proto; control frames have PkgIDs from 60000 on."""

    kind: type = bytes

    def __init__(self, protobuf: Protobuf) -> None:
        self._protobuf = protobuf
        self._controls = _judges()
        operations = protobuf.contract.operations
        self._operations = {one.pkg_id: one for one in operations if one.pkg_id is not None and one.has_rpc}

    def read(self, raw: bytes) -> Call | Control:
        request = self._protobuf.new("Request")
        try:
            request.ParseFromString(raw)
        except DecodeError:
            raise Bad(Refusal("malformed", "The frame is not a Request message.")) from None
        pkg_id, req_id = _ids({"pkg_id": request.pkg_id, "req_id": request.req_id})
        if req_id is None or request.pkg_id < 1:
            raise Bad(Refusal("invalid_data", "pkg_id must be positive and req_id a UUID."), pkg_id, req_id)
        has_time = request.HasField("meta") and request.meta.HasField("timeout_ms")
        if has_time and not 1 <= request.meta.timeout_ms <= MAX_TIMEOUT_MS:
            fault = ("/meta/timeout_ms", f"must be 1 to {MAX_TIMEOUT_MS}")
            raise Bad(Refusal("invalid_data", faults=(fault,)), pkg_id, req_id)
        if len(request.meta.traceparent) > MAX_TRACEPARENT:
            fault = ("/meta/traceparent", f"must have {MAX_TRACEPARENT} characters at most")
            raise Bad(Refusal("invalid_data", faults=(fault,)), pkg_id, req_id)
        kind = next((kind for kind in CONTROLS if control_id(kind) == request.pkg_id), "")
        if kind:
            return Control(kind, self._said(kind, req_id, request.data), req_id)
        operation = self._operations.get(request.pkg_id)
        if operation is None:
            raise Bad(Refusal("unknown_operation"), pkg_id, req_id)
        try:
            return Call(operation, req_id, asked(self._protobuf, operation, request.data))
        except Refusal as refusal:
            return Call(operation, req_id, {}, refusal)

    def _said(self, kind: str, req_id: str, data: bytes) -> Json:
        try:
            if kind == "auth":
                return {"token": data.decode()}
            if kind == "cancel":
                return {"req_id": req_id}
            if kind == "credit":
                return {"req_id": req_id, "items": _items(Int32Value.FromString(data).value)}
            said = self._protobuf.said_topics(data)
            positions = [{name: one[name] for name in PLACE} for one in said["positions"] if not one["recovered"]]
            frame = {"type": kind, "topics": said["topics"]} | ({"positions": positions} if said["positions"] else {})
            frame |= {"presence": said["presence"]} if said["presence"] else {}
            if len(positions) < len(said["positions"]) or not self._controls[kind].is_valid(frame):
                raise ValueError(kind)
        except (ValueError, DecodeError):
            bad = Refusal("invalid_data", "The data of the control frame cannot be read.")
            raise Bad(bad, control_id(kind), req_id) from None
        return frame

    def reply(self, operation: Operation, req_id: str, value: Json | None) -> bytes:
        response = self._response(operation.pkg_id, req_id, 0)
        if operation.result.record is not None and value is not None:
            response.data = self._protobuf.message(operation.result.record, value)
            if operation.result.has_meta:
                response.meta.ParseFromString(self._protobuf.message("PageMeta", value["meta"]))
        return bytes(response.SerializeToString())

    def item(self, operation: Operation, req_id: str, value: Json) -> bytes:
        response = self._response(operation.pkg_id, req_id, 0)
        response.data, response.offset = self._protobuf.message(operation.result.record or "", value), 0
        return bytes(response.SerializeToString())

    def refusal(self, pkg_id: int | None, req_id: str | None, number: int, problem: Json) -> bytes:
        response = self._response(pkg_id, req_id, number)
        response.data = self._protobuf.message("Problem", problem)
        return bytes(response.SerializeToString())

    def push(self, told: Told) -> bytes:
        response = self._response(told.event.pkg_id, NIL, None)
        response.topic, response.offset, response.epoch = told.topic, told.offset, told.epoch
        response.data = self._protobuf.message(told.event.record, told.data)
        return bytes(response.SerializeToString())

    def attendance(self, told: Attendance) -> bytes:
        message = self._protobuf.new(f"{PACKAGE}.Presence")
        message.topic, message.count = told.topic, told.count
        message.users.extend(told.users)
        response = self._response(PKG_IDS[f"control-{told.change}"], NIL, None)
        response.data = message.SerializeToString()
        return bytes(response.SerializeToString())

    def control(self, kind: str, req_id: str | None, said: Json) -> bytes:
        response = self._response(control_id(ANSWER_TO[kind]), req_id, 0)
        if "topics" in said:
            response.data = self._protobuf.topics(said)
        else:
            response.data = Int32Value(value=said["expires_in"]).SerializeToString()
        return bytes(response.SerializeToString())

    def _response(self, pkg_id: int | None, req_id: str | None, number: int | None) -> Any:
        response = self._protobuf.new("Response")
        for name, value in (("pkg_id", pkg_id), ("req_id", req_id), ("status_code", number)):
            if value is not None:
                setattr(response, name, value)
        return response


def _items(number: int) -> int:
    if not 1 <= number <= 1000:
        raise ValueError(number)
    return number


def _judges() -> dict[str, Any]:
    """By the `type` of a control frame: what says whether it is one, in JSON."""
    told = control_messages()
    document: Json = {"asyncapi": "3.0.0", "components": {}}
    return {kind: judge(document, _payload(told[name])) for kind, name in CONTROLS.items()}


def control_id(kind: str) -> int:
    """The PkgID of a control frame in protobuf, by its `type` in JSON."""
    return PKG_IDS[CONTROLS[kind]]


def _ids(frame: Json) -> tuple[int | None, str | None]:
    """What a reply may carry of them."""
    pkg_id, req_id = frame.get("pkg_id"), frame.get("req_id")
    is_number = isinstance(pkg_id, int) and not isinstance(pkg_id, bool) and 1 <= pkg_id <= MAX_PKG_ID
    is_id = isinstance(req_id, str) and UUID.fullmatch(req_id) is not None
    return pkg_id if is_number else None, req_id if is_id else None


def _is_meta(meta: Any) -> bool:
    if not isinstance(meta, dict) or not meta.keys() <= {"timeout_ms", "traceparent"}:
        return False
    timeout_ms, traceparent = meta.get("timeout_ms", 1), meta.get("traceparent", "")
    if not isinstance(traceparent, str) or len(traceparent) > MAX_TRACEPARENT:
        return False
    return isinstance(timeout_ms, int) and timeout_ms is not True and 1 <= timeout_ms <= MAX_TIMEOUT_MS


def _written(frame: Json) -> str:
    return json.dumps(frame, ensure_ascii=False, allow_nan=False)


def _payload(message: Any) -> Any:
    return message["payload"]
