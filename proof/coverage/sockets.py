"""What is seen of the contract on sockets: replies to requests, events, control frames, and the codes that sockets end with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from codegen.emit.control_proto import PACKAGE
from codegen.ir.operations import Operation
from proof.coverage.exchanges import Message, Receive, Send
from proof.coverage.facts import CLOSE, EVENT, MESSAGE
from proof.coverage.goals import Scope
from proof.coverage.writer import Writer, bearer_roles, headers_of
from proof.documents import BUNDLED, PROTOBUF, Json
from proof.protobuf import UNREADABLE, Protobuf
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames, Unreadable
from proof.ws.contract import Controls


class Frames:
    """Reads the frames of one contract, both ways."""

    def __init__(self, of: Scope, protobuf: Protobuf | None) -> None:
        self._protobuf = protobuf
        self.operations = {one.pkg_id: one for one in of.contract.operations if one.pkg_id is not None}
        self.events = {one.pkg_id: one.name for one in of.socket.events} if of.socket else {}
        self._controls = of.socket.controls if of.socket else Controls()
        self._asked = {number: kind for kind, number in self._controls.asked.items()}
        self.encodings = dict(of.contract.frames.encodings)

    def codec(self, *, is_protobuf: bool) -> Codec:
        return ProtobufFrames(self._protobuf, self._controls) if is_protobuf and self._protobuf else JsonFrames()

    def told(self, message: str | bytes, *, is_bundle: bool) -> Sequence[str | bytes]:
        """The frames of a message of the server; raises one of UNREADABLE."""
        if not is_bundle:
            return [message]
        if isinstance(message, str):
            return message.split("\n")
        if self._protobuf is None:
            return []
        bundle = self._protobuf.new(f"{PACKAGE}.Frames")
        bundle.ParseFromString(message)
        return list(bundle.frames)

    def request(self, raw: str | bytes, *, is_protobuf: bool) -> Json | None:
        """A frame of a client, its data too where its operation is known; None where it cannot be read."""
        try:
            if not is_protobuf:
                found = json.loads(raw)
                return found if isinstance(found, dict) else None
            if self._protobuf is None or not isinstance(raw, bytes):
                return None
            frame = self._protobuf.new("Request")
            frame.ParseFromString(raw)
            if frame.pkg_id in self._asked:
                return {"type": self._asked[frame.pkg_id]}
            operation = self.operations.get(frame.pkg_id)
            data = self._protobuf.asked(operation, frame.data) if operation else None
        except UNREADABLE:
            return None
        return {"pkg_id": frame.pkg_id, "req_id": frame.req_id, "data": data}


class Opened:
    """One socket. A caller is whom its handshake showed: a token that comes later, or a ticket, says nothing of roles."""

    def __init__(self, scope: Any, frames: Frames, writer: Writer) -> None:
        self._roles = bearer_roles(headers_of(scope))
        self._frames = frames
        self._writer = writer
        self._is_protobuf = b"format=protobuf" in scope.get("query_string", b"")
        self._codec = frames.codec(is_protobuf=self._is_protobuf)
        self._is_bundle = False
        self._waiting: dict[str, Operation] = {}

    @property
    def _encoding(self) -> str:
        return "protobuf" if self._is_protobuf else "json"

    def receiving(self, receive: Receive) -> Receive:
        async def received() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._asked(message.get("bytes") or message.get("text") or "")
            return message

        return received

    def sending(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            self._told(message)
            await send(message)

        return sent

    def _asked(self, raw: str | bytes) -> None:
        frame = self._frames.request(raw, is_protobuf=self._is_protobuf)
        if frame is None:
            return
        if isinstance(frame.get("type"), str):
            self._writer.notes.note(MESSAGE, frame["type"], self._encoding)
            return
        number, req_id = frame.get("pkg_id"), frame.get("req_id")
        operation = self._frames.operations.get(number) if isinstance(number, int) else None
        if operation is None or not isinstance(req_id, str):
            return
        self._waiting[req_id] = operation
        if frame.get("data") is not None:
            self._writer.took(operation, frame["data"])

    def _told(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            chosen = message.get("subprotocol") or ""
            self._is_bundle = chosen.endswith(BUNDLED)
            media = self._frames.encodings.get(chosen.removesuffix(BUNDLED))
            self._is_protobuf = media == PROTOBUF or (media is None and self._is_protobuf)
            self._codec = self._frames.codec(is_protobuf=self._is_protobuf)
        elif message["type"] == "websocket.close":
            self._writer.notes.note(CLOSE, str(message.get("code", 1000)))
        elif message["type"] == "websocket.send":
            try:
                said = message.get("bytes") or message.get("text") or ""
                for frame in self._frames.told(said, is_bundle=self._is_bundle):
                    self._read(self._codec.read(frame))
            except (Unreadable, AttributeError, *UNREADABLE):
                return

    def _read(self, frame: Json) -> None:
        """A reply, an event, or what the protocol says itself."""
        if "status_code" in frame:
            operation = self._waiting.pop(str(frame.get("req_id")), None)
            if operation is not None:
                code = "ok" if frame["status_code"] == 0 else str(frame["data"]["code"])
                self._writer.answered(operation, f"WS-{self._encoding}", code, self._roles)
        elif "type" in frame:
            self._writer.notes.note(MESSAGE, str(frame["type"]), self._encoding)
        elif (event := self._frames.events.get(frame.get("pkg_id"))) is not None:
            self._writer.notes.note(MESSAGE, event, self._encoding)
            self._writer.notes.note(EVENT, event)
