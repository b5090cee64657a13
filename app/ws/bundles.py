"""Frames that go to one socket in one turn of the loop leave as one message, for clients that have asked for it by their subprotocol.

Promises: nothing waits for more to come: what a turn brings goes out at its end, in order; a message has 64 KiB, or is one frame; sockets that
are sent the same frames share the joined message. While the peer takes nothing the caller waits, as for any other message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from app.broadcast.hub import Message
from app.ws.sending import GONE, Send, step
from generated.proto import stele_control_pb2

MAX_BYTES = 1 << 16
"""Of a message of several frames."""
Join = Callable[[Sequence[Message]], Message]


def join_json(messages: Sequence[Message]) -> Message:
    """Line by line: JSON as it is written here has no line feed within a frame. One frame is as it always was."""
    if len(messages) == 1:
        return messages[0]
    return {"type": "websocket.send", "text": "\n".join(one["text"] for one in messages)}


def join_protobuf(messages: Sequence[Message]) -> Message:
    """As `stele.control.v1.Frames`, one frame too."""
    frames = stele_control_pb2.Frames(frames=[one["bytes"] for one in messages])
    return {"type": "websocket.send", "bytes": frames.SerializeToString()}


class Binder:
    """One of each format for all sockets: what was joined last is remembered, since a topic's events come to many at once."""

    def __init__(self, join: Join) -> None:
        self._join = join
        self._frames: Sequence[Message] = ()
        self._joined: Message = {}

    def __call__(self, frames: Sequence[Message]) -> Message:
        known = self._frames
        if len(known) != len(frames) or any(one is not other for one, other in zip(known, frames, strict=True)):
            self._frames, self._joined = frames, self._join(frames)
        return self._joined


class Bundles:
    """The `send` of one socket, in place of ASGI's. A close leaves after all that came before it. Where the server says that the peer
    has gone the next call raises ConnectionResetError."""

    __slots__ = ("_bind", "_bytes", "_frames", "_is_gone", "_loop", "_rest", "_send")

    def __init__(self, send: Send, bind: Join, loop: asyncio.AbstractEventLoop) -> None:
        self._send = send
        self._bind = bind
        self._loop = loop
        self._frames: list[Message] = []
        self._bytes = 0
        self._rest: asyncio.Task[None] | None = None
        """Of a message that the peer has not taken yet."""
        self._is_gone = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self._flush()
            await self._until_taken()
            await self._send(message)
            return
        size = _size(message)
        if self._bytes + size > MAX_BYTES:
            self._flush()
        await self._until_taken()
        if not self._frames:
            self._loop.call_soon(self._flush)
        self._frames.append(message)
        self._bytes += size

    async def _until_taken(self) -> None:
        while self._rest is not None:
            await asyncio.shield(self._rest)
        if self._is_gone:
            raise ConnectionResetError

    def _flush(self) -> None:
        if self._rest is not None or not self._frames or self._is_gone:
            return
        frames, self._frames, self._bytes = self._frames, [], 0
        try:
            rest = step(self._send, self._bind(frames))
        except GONE:
            self._is_gone = True
            return
        if rest is not None:
            self._rest = self._loop.create_task(self._finish(rest))

    async def _finish(self, rest: Awaitable[None]) -> None:
        try:
            await rest
        except GONE:
            self._is_gone = True
        finally:
            self._rest = None
            self._flush()


def _size(message: Message) -> int:
    """In bytes, or in characters of text: a bound needs no more."""
    text = message.get("text")
    return len(message["bytes"]) if text is None else len(text)
