"""Writes an answer that is a stream: each item when it is there, and at the end whether it is whole.

Promises: no more than one item is held, and the handler goes on when the caller has taken it; a caller who goes away ends the
handler. The head goes with the first item or after 1 s; until then what fails is a problem as everywhere. Whoever minds the last
record knows a whole stream from one that failed or was cut (docs/wire.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import msgspec

from app.errors import problem
from app.execution.context import Abandoned, Call
from app.http.answer import OK, VARY, Header, Send, head_of
from app.http.message import Receive
from app.http.negotiation import NDJSON, PROTOBUF_STREAM, SSE
from generated.bindings import Codec
from generated.errors import ApiError, Unavailable
from generated.proto import envelope_pb2
from generated.wire import write_problem

HEAD_S = 1.0
"""How long a stream may be silent before its head is sent."""
BEAT_S = 15.0
"""How long it may be silent after that: proxies end what says nothing for a minute."""
RETRY_S = 1
"""When to come again to a server that ends; another one may be there."""
UNBUFFERED: Header = (b"x-accel-buffering", b"no")
"""Proxies that collect answers are asked to pass items on."""


class Form(Protocol):
    """How a stream is written. One for each answer."""

    beat: bytes
    """What nobody reads, to show that the stream lives; empty where the form has nothing of the kind."""
    is_cut: bool
    """Whether one that failed is cut behind its problem, since nothing else would tell it from an item."""

    def item(self, value: Any) -> bytes: ...
    def end(self) -> bytes: ...
    def failure(self, error: ApiError, trace_id: str) -> bytes: ...


class Lines:
    """NDJSON: an item is a line; the end is the transport's."""

    beat, is_cut = b"\n", True

    def __init__(self, codec: Codec) -> None:
        self._encode = codec.encode_json

    def item(self, value: Any) -> bytes:
        return self._encode(value) + b"\n"

    def end(self) -> bytes:
        return b""

    def failure(self, error: ApiError, trace_id: str) -> bytes:
        return b'{"error":%b}\n' % msgspec.json.encode(problem(error, trace_id))


class Events:
    """Server-sent events: items are messages, `end` and `problem` are events. A browser calls its own events `error`."""

    beat, is_cut = b":\n\n", False

    def __init__(self, codec: Codec) -> None:
        self._encode = codec.encode_json

    def item(self, value: Any) -> bytes:
        return b"data: %b\n\n" % self._encode(value)

    def end(self) -> bytes:
        return b"event: end\ndata: null\n\n"

    def failure(self, error: ApiError, trace_id: str) -> bytes:
        return b"event: problem\ndata: %b\n\n" % msgspec.json.encode(problem(error, trace_id))


class Messages:
    """What a socket would say, each `Response` with its length before it: an item has an offset, the last message has none."""

    beat, is_cut = b"", False

    def __init__(self, codec: Codec) -> None:
        assert codec.encode_protobuf is not None, "protobuf is offered only where it is written"
        self._encode = codec.encode_protobuf
        self._offset = 0

    def item(self, value: Any) -> bytes:
        ok = envelope_pb2.RSP_CODE_OK
        message = envelope_pb2.Response(data=self._encode(value), status_code=ok, offset=self._offset)
        self._offset += 1
        return delimited(message.SerializeToString())

    def end(self) -> bytes:
        return delimited(envelope_pb2.Response(status_code=envelope_pb2.RSP_CODE_OK).SerializeToString())

    def failure(self, error: ApiError, trace_id: str) -> bytes:
        message = envelope_pb2.Problem()
        write_problem(message, problem(error, trace_id))
        code = envelope_pb2.RspCode.ValueType(int(error.rsp))
        return delimited(envelope_pb2.Response(data=message.SerializeToString(), status_code=code).SerializeToString())


FORMS: dict[str, Callable[[Codec], Form]] = {NDJSON: Lines, SSE: Events, PROTOBUF_STREAM: Messages}


def delimited(message: bytes) -> bytes:
    """The length as a varint, seven bits a byte, the lowest first; then the message."""
    length, head = len(message), bytearray()
    while length > 0x7F:
        head.append(length & 0x7F | 0x80)
        length >>= 7
    head.append(length)
    return bytes(head) + message


class StreamAnswer:
    """One answer. `media` is asked when its head is due: the request has been read then. `deliver` is its call's."""

    def __init__(self, send: Send, codec: Codec, call: Call, media: Callable[[], str]) -> None:
        self._send = send
        self._codec = codec
        self._call = call
        self._media = media
        self._form: Form | None = None
        self._has_begun = False
        self._writing = asyncio.Lock()
        self._has_read = asyncio.Event()

    async def deliver(self, item: Any) -> None:
        """Raises what the item's codec raises; returns when the transport can take more."""
        async with self._writing:
            part = self._written().item(item)
            await self._begin()
            await self._send_part(part)

    async def run(self, running: Coroutine[Any, Any, Any], receive: Receive) -> None:
        """`running` is the call in the pipeline. Raises the refusal of one that has sent nothing. It is cancelled where the server
        ends: what has begun ends with a refusal, so that nobody takes it for the whole and everybody knows to come again."""
        task = asyncio.ensure_future(running)
        gone = asyncio.ensure_future(self._until_gone(receive))
        try:
            await self._watch(task, gone)
        except asyncio.CancelledError:
            if not self._has_begun:
                raise
            await _ended(task)
            await self._fail(Unavailable(retry_after_s=RETRY_S))
        else:
            if task.done():
                await self._finish(task)
        finally:
            gone.cancel()
            await _ended(task)

    async def _watch(self, task: asyncio.Future[Any], gone: asyncio.Future[None]) -> None:
        """Until either is done; says now and then that the stream lives."""
        patience_s = HEAD_S
        while not (await asyncio.wait([task, gone], timeout=patience_s, return_when=asyncio.FIRST_COMPLETED))[0]:
            is_due = patience_s == BEAT_S or not self._has_begun
            patience_s = BEAT_S
            if is_due and self._call.context is not None and not self._writing.locked():
                await self._beat()

    async def _beat(self) -> None:
        """The head shows it once, if nothing has gone yet."""
        async with self._writing:
            if not self._has_begun:
                await self._begin()
            elif beat := self._written().beat:
                await self._send_part(beat)

    async def _finish(self, task: asyncio.Future[Any]) -> None:
        try:
            task.result()
        except Abandoned:
            return
        except ApiError as error:
            if not self._has_begun:
                raise
            await self._fail(error)
        else:
            await self._begin()
            if last := self._written().end():
                await self._send_part(last)
            await self._send({"type": "http.response.body", "body": b""})

    async def _fail(self, error: ApiError) -> None:
        form = self._written()
        await self._send_part(form.failure(error, self._call.trace_id))
        if not form.is_cut:
            await self._send({"type": "http.response.body", "body": b""})

    def _written(self) -> Form:
        if self._form is None:
            self._form = FORMS[self._media()](self._codec)
        return self._form

    async def _begin(self) -> None:
        """Once."""
        if not self._has_begun:
            self._has_begun = True
            headers = [*head_of(self._call), (b"content-type", self._media().encode()), VARY, UNBUFFERED]
            await self._send({"type": "http.response.start", "status": OK, "headers": headers})

    def receives(self, receive: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """What reads the body, after which whoever goes away is heard of: one reader at a time."""

        async def reading() -> None:
            await receive()
            self._has_read.set()

        return reading

    async def _until_gone(self, receive: Receive) -> None:
        if self._call.receive is not None:
            await self._has_read.wait()
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _send_part(self, part: bytes) -> None:
        await self._send({"type": "http.response.body", "body": part, "more_body": True})


async def _ended(task: asyncio.Future[Any]) -> None:
    """Nothing of it goes on, and nobody asks for what it has come to."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
