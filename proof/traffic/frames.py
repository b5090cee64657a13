"""Frames of one socket as JSON and back, both ways: what a client sends is read here too, where engines that only ask need not."""

from __future__ import annotations

from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.unknown_fields import UnknownFieldSet

from proof.documents import PROTOBUF, Json
from proof.protobuf import UNREADABLE, Protobuf
from proof.traffic.contract import Contract
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames, Unreadable
from proof.ws.contract import Socket


class Frames:
    """Of one subprotocol, by the media type that it carries. What cannot be read is None."""

    def __init__(self, contract: Contract, encoding: str) -> None:
        self._socket = contract.socket
        self._protobuf: Protobuf | None = None
        self._codec: Codec = JsonFrames()
        media = contract.socket.encodings.get(encoding, "") if contract.socket else ""
        self._is_readable = media != PROTOBUF or contract.protobuf is not None
        if contract.socket and contract.protobuf and media == PROTOBUF:
            self._protobuf = contract.sent
            self._codec = ProtobufFrames(contract.protobuf, contract.socket.controls)

    @property
    def is_text(self) -> bool:
        return self._protobuf is None and self._is_readable

    def sent(self, raw: str | bytes) -> Json | None:
        """Of a client. A message that the contract's own form cannot say again is none: it would not be sent as it was."""
        if self._protobuf is None:
            return self.came(raw)
        if not isinstance(raw, bytes):
            return None
        try:
            return _asked(self._protobuf, self._socket, raw)
        except UNREADABLE:
            return None

    def came(self, raw: str | bytes) -> Json | None:
        if not self._is_readable:
            return None
        try:
            return self._codec.read(raw)
        except Unreadable:
            return None

    def write(self, frame: Json) -> str | bytes:
        """Raises Inexpressible."""
        return self._codec.write(frame)


def _asked(protobuf: Protobuf, socket: Socket | None, raw: bytes) -> Json | None:
    request: Any = protobuf.new("Request")
    request.ParseFromString(raw)
    kinds = {number: kind for kind, number in socket.controls.asked.items()} if socket else {}
    if request.pkg_id in kinds:
        return _control(kinds[request.pkg_id], request)
    operation = next((one for one in protobuf.contract.operations if one.pkg_id == request.pkg_id), None)
    if operation is None:
        return None
    value = protobuf.asked(operation, request.data)
    again = protobuf.request(operation, value)
    if len(UnknownFieldSet(request)) or not same_message(protobuf.new(operation.request.name), again, request.data):
        return None
    said = {field.name: value for field, value in request.meta.ListFields()}
    meta = {"meta": said} if request.HasField("meta") else {}
    return {"pkg_id": request.pkg_id, "req_id": request.req_id, "data": value, **meta}


def _control(kind: str, request: Any) -> Json:
    if kind == "cancel":
        return {"type": kind, "req_id": request.req_id}
    if kind == "auth":
        return {"type": kind, "token": request.data.decode()}
    return {"type": kind, "topics": list(FieldMask.FromString(request.data).paths)}


def same_message(empty: Any, one: bytes, other: bytes) -> bool:
    """Whether two serialized messages of a type say the same, fields that nobody knows included."""
    first, second = type(empty)(), type(empty)()
    first.ParseFromString(one)
    second.ParseFromString(other)
    return bool(first == second)
