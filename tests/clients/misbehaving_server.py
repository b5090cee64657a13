"""A server on loopback that does what a test tells it, over HTTP and WebSocket, down to the bytes.

`on_http` answers a request with raw bytes, or None to cut the connection; `on_socket` has the whole life of one socket.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from websockets.frames import Frame, Opcode
from websockets.http11 import Request as Upgrade
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

ARTIST = {
    "id": 7,
    "name": "Ada",
    "bio": None,
    "born_on": None,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00.5Z",
    "version": 1,
}
BEAT = b'{"type":"unsubscribe","topics":[""]}'
SUBPROTOCOLS = [Subprotocol("stele.v1.json"), Subprotocol("stele.v1.protobuf")]


class Cut(bytes):
    """An answer after which the connection ends."""


@dataclass(frozen=True, slots=True)
class Request:
    verb: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def reply(status: int, body: object = None, **headers: str) -> bytes:
    """A whole response; text and bytes go as they are, other bodies as JSON."""
    kind = "application/problem+json" if status >= 400 else "application/json"
    data = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {
        "content-type": kind,
        "content-length": str(len(data)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + data


def problem(status: int, code: str, **more: object) -> dict[str, object]:
    return {"type": f"/problems/{code}", "title": code, "status": status, "code": code, "trace_id": "t", **more}


@dataclass(slots=True)
class Socket:
    """The server's end of one socket."""

    writer: asyncio.StreamWriter
    protocol: ServerProtocol
    headers: dict[str, str]
    frames: asyncio.Queue[str | bytes | None] = field(default_factory=asyncio.Queue)

    @property
    def token(self) -> str | None:
        return token_of(self.headers)

    async def receive(self) -> Any:
        """The next frame, parsed if it is JSON; raises EOFError at the end."""
        frame = await self.frames.get()
        if frame is None:
            raise EOFError
        return json.loads(frame) if isinstance(frame, str) else frame

    async def request(self) -> dict[str, Any]:
        """The next frame that is a request."""
        while True:
            frame = await self.receive()
            if isinstance(frame, dict) and "pkg_id" in frame:
                return frame

    def send(self, frame: object) -> None:
        if isinstance(frame, bytes):
            self.protocol.send_binary(frame)
        else:
            self.protocol.send_text((frame if isinstance(frame, str) else json.dumps(frame)).encode())
        self.flush()

    def answer(self, request: dict[str, Any], data: object = None, **more: object) -> None:
        told = ARTIST if data is None else data
        self.send({"pkg_id": request["pkg_id"], "req_id": request["req_id"], "status_code": 0, "data": told, **more})

    def refuse(self, request: dict[str, Any], status_code: int, code: str, **more: object) -> None:
        body = problem(0, code, **more)
        told = {"pkg_id": request["pkg_id"], "req_id": request["req_id"], "status_code": status_code, "data": body}
        self.send(told)

    def close(self, code: int) -> None:
        self.protocol.send_close(code, "told")
        self.flush()

    def abort(self) -> None:
        self.writer.transport.abort()

    def half_close(self) -> None:
        """Nothing more will come from here, and no close frame has."""
        self.writer.write_eof()

    def flush(self) -> None:
        self.writer.write(b"".join(self.protocol.data_to_send()))


class MisbehavingServer:
    """`requests` and `sockets` are everything that came; `open` counts connections that are still there.

    `subprotocols` are those that it speaks. Signs of life are given, unless it `is_mute`: then nothing that comes on a socket is read.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sockets: list[Socket] = []
        self.open = 0
        self.is_mute = False
        self.subprotocols = SUBPROTOCOLS
        self.on_http: Callable[[Request], Awaitable[bytes | None]] = _artist
        self.on_socket: Callable[[Socket], Awaitable[None]] = _refuse_nothing
        self.on_handshake: Callable[[dict[str, str]], bytes | None] = lambda headers: None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        try:
            with suppress(OSError, EOFError):
                await self._talk(reader, writer)
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}
            if headers.get("upgrade", "").lower() == "websocket":
                await self._upgrade(head, headers, reader, writer)
                return
            verb, path, _ = first.split(" ")
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            request = Request(verb, path, headers, body)
            self.requests.append(request)
            answer = await self.on_http(request)
            if answer is None:
                return
            writer.write(answer)
            await writer.drain()
            if isinstance(answer, Cut):
                writer.close()
                await writer.wait_closed()
                return

    async def _upgrade(
        self, head: bytes, headers: dict[str, str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        refusal = self.on_handshake(headers)
        if refusal is not None:
            writer.write(refusal)
            await writer.drain()
            return
        protocol = ServerProtocol(subprotocols=self.subprotocols)
        protocol.receive_data(head)
        (upgrade,) = protocol.events_received()
        assert isinstance(upgrade, Upgrade)
        protocol.send_response(protocol.accept(upgrade))
        socket = Socket(writer, protocol, headers)
        socket.flush()
        self.sockets.append(socket)
        life = asyncio.ensure_future(self._live(socket))
        self._tasks.add(life)
        life.add_done_callback(self._tasks.discard)
        try:
            await self._pump(socket, reader)
        finally:
            socket.frames.put_nowait(None)

    async def _live(self, socket: Socket) -> None:
        with suppress(EOFError, OSError):
            await self.on_socket(socket)

    async def _pump(self, socket: Socket, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            if self.is_mute:
                continue
            socket.protocol.receive_data(data)
            socket.flush()
            for event in socket.protocol.events_received():
                if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY):
                    raw = bytes(event.data)
                    if raw == BEAT:
                        socket.send({"type": "unsubscribed", "topics": [""]})
                        continue
                    socket.frames.put_nowait(raw.decode() if event.opcode is Opcode.TEXT else raw)
            if socket.protocol.close_expected():
                return


def token_of(headers: dict[str, str]) -> str | None:
    """The credential of a handshake, from its header or, as browsers must, from a subprotocol."""
    header = headers.get("authorization", "").removeprefix("Bearer ")
    offers = headers.get("sec-websocket-protocol", "").split(",")
    encoded = [offer.strip().removeprefix("bearer.") for offer in offers if offer.strip().startswith("bearer.")]
    decoded = [base64.urlsafe_b64decode(one + "=" * (-len(one) % 4)).decode() for one in encoded]
    return next(iter([header, *decoded] if header else decoded), None)


async def _artist(request: Request) -> bytes | None:
    return reply(200, ARTIST)


async def _refuse_nothing(socket: Socket) -> None:
    while True:
        socket.answer(await socket.request())
