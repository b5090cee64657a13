"""Frames in the two encodings: a frame is one JSON value, whichever way it travels."""

from __future__ import annotations

import json
from typing import Any, Protocol

from google.protobuf.message import DecodeError
from google.protobuf.wrappers_pb2 import Int32Value

from proof.documents import Json
from proof.protobuf import Inexpressible, Protobuf
from proof.ws.contract import Controls

FIELDS = frozenset({"pkg_id", "req_id", "meta", "data"})
META = frozenset({"timeout_ms", "traceparent"})
CONTROL_REQ_ID = "11111111-1111-4111-8111-111111111111"
"""Of every control frame in protobuf, whose JSON twin has none."""


class Unreadable(Exception):
    """A frame that is none of its encoding."""


class Codec(Protocol):
    def write(self, frame: Json) -> str | bytes:
        """Raises Inexpressible."""

    def read(self, raw: str | bytes) -> Json:
        """Raises Unreadable."""


class JsonFrames:
    def write(self, frame: Json) -> str:
        try:
            return json.dumps(frame, ensure_ascii=False, allow_nan=False).encode().decode()
        except ValueError as error:  # A lone surrogate, which a service's answer may bring.
            raise Inexpressible(str(error)) from None

    def read(self, raw: str | bytes) -> Json:
        if not isinstance(raw, str):
            raise Unreadable("a binary frame, where text is due")
        try:
            found = strict_json(raw)
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from None
        if not isinstance(found, dict):
            raise Unreadable("no object")
        return found


class ProtobufFrames:
    """`Request` and `Response` of envelope.proto. Of a control frame the `type` becomes a PkgID and back; its data is a token as it
    stands, `Int32Value` seconds, or a message of the protocol's own (docs/wire.md)."""

    def __init__(self, protobuf: Protobuf, controls: Controls) -> None:
        self._protobuf = protobuf
        self._controls = controls
        self._operations = {one.pkg_id: one for one in protobuf.contract.operations}

    def write(self, frame: Json) -> bytes:
        if "type" in frame:
            return self._control(frame)
        meta = frame.get("meta", {})
        if not isinstance(meta, dict) or not frame.keys() <= FIELDS or not meta.keys() <= META:
            raise Inexpressible("a Request has no such field")
        pkg_id, req_id = frame.get("pkg_id"), frame.get("req_id")
        operation = self._operations.get(pkg_id) if isinstance(pkg_id, int) and pkg_id is not True else None
        if operation is None or not isinstance(req_id, str):
            raise Inexpressible("a Request has a pkg_id of the contract and a text as req_id")
        try:
            data = self._protobuf.request(operation, frame.get("data"))
            return self._protobuf.frame(operation.pkg_id or 0, req_id, data, meta)
        except (ValueError, TypeError) as error:
            raise Inexpressible(str(error)) from None

    def _control(self, frame: Json) -> bytes:
        pkg_id = self._controls.asked.get(frame["type"])
        if pkg_id is None:
            raise Inexpressible(f"there is no control frame {frame['type']!r}")
        data = str(frame.get("token", "")).encode()
        if "topics" in frame:
            data = self._protobuf.topics(frame)
        if "items" in frame:
            data = Int32Value(value=frame["items"]).SerializeToString()
        return self._protobuf.frame(pkg_id, frame.get("req_id", CONTROL_REQ_ID), data)

    def read(self, raw: str | bytes) -> Json:
        if not isinstance(raw, bytes):
            raise Unreadable("a text frame, where binary is due")
        try:
            return self._said(self._protobuf.read(raw))
        except (ValueError, KeyError, OverflowError, RecursionError, DecodeError) as error:
            raise Unreadable(f"{type(error).__name__}: {error}") from None

    def _said(self, frame: Json) -> Json:
        raw = frame["data"].get("raw") if isinstance(frame["data"], dict) else None
        pkg_id = frame.get("pkg_id")
        if raw is None or not isinstance(pkg_id, int):
            return frame
        members = self._controls.told.get(pkg_id, {}).get("properties", {})
        if not members:
            raise Unreadable(f"pkg_id {pkg_id} is of no operation")
        data, out = bytes.fromhex(raw), {"type": members["type"]["const"]}
        if "expires_in" in members:
            return {**out, "expires_in": Int32Value.FromString(data).value}
        if "users" in members:
            return {**out, **self._protobuf.said_presence(data)}
        said = self._protobuf.said_topics(data) if "topics" in members else self._protobuf.said_place(data)
        return {**out, **{name: value for name, value in said.items() if name in members}}


def strict_json(text: str) -> Any:
    """ValueError or RecursionError for what has no meaning, or two."""
    return json.loads(text, object_pairs_hook=_once, parse_constant=no_number)


def no_number(name: str) -> Any:
    """RFC 8259 §6 has no NaN and no infinity."""
    raise ValueError(f"{name} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> Json:
    """A member that stands twice has two meanings."""
    out = dict(pairs)
    if len(out) != len(pairs):
        raise ValueError("a member stands twice")
    return out
