"""A client that says exactly the bytes it is given, and reads what comes back: HTTP answers, frames, the end."""

from __future__ import annotations

import asyncio
import struct
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

HOST = b"Host: x\r\n"
TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
PATIENCE_S = 20.0


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def request(line: str, *fields: str, body: bytes = b"", host: bytes = HOST) -> bytes:
    """`line` is method and target; a body gets its Content-Length."""
    length = f"Content-Length: {len(body)}\r\n".encode() if body else b""
    return (
        f"{line} HTTP/1.1\r\n".encode()
        + host
        + b"".join(f"{one}\r\n".encode() for one in fields)
        + length
        + b"\r\n"
        + body
    )


def chunked(line: str, chunks: bytes, *fields: str) -> bytes:
    """`chunks` stand as they are behind the head."""
    return request(line, "Transfer-Encoding: chunked", *fields) + chunks


def handshake(path: str, *fields: str) -> bytes:
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    return request(
        f"GET {path}", "Upgrade: websocket", "Connection: Upgrade", key, "Sec-WebSocket-Version: 13", *fields
    )


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, width: int | None = None) -> bytes:
    """A client's frame, masked with zeros; `width` is how many bytes tell the length, by default the fewest."""
    size = len(payload)
    if width is None:
        width = 0 if size < 126 else 2 if size < 1 << 16 else 8
    short = {0: size, 2: 126, 8: 127}[width]
    length = size.to_bytes(width, "big") if width else b""
    return bytes((0x80 * fin | opcode, 0x80 | short)) + length + b"\0\0\0\0" + payload


class Peer:
    """Every read ends within PATIENCE_S."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.begun = time.monotonic()

    @classmethod
    async def open(cls, port: int, data: bytes = b"", *, source: str = "127.0.0.1") -> Self:
        peer = cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)))
        peer.send(data)
        return peer

    @classmethod
    async def open_socket(cls, port: int, path: str, *fields: str) -> Self:
        peer = await cls.open(port, handshake(path, *fields))
        head = await peer.answer()
        assert head.status == 101, head
        return peer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self, *, has_body: bool = True) -> Answer:
        """The next whole answer; the body of one without a length is empty, and so is that of HEAD."""
        async with asyncio.timeout(PATIENCE_S):
            lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")) if has_body else 0)
        return Answer(int(lines[0].split(" ")[1]), headers, body)

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame of the server."""
        async with asyncio.timeout(PATIENCE_S):
            first, size = await self.reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
            return first & 0xF, await self.reader.readexactly(size)

    async def close_code(self) -> int:
        """Of the Close that comes, behind whatever else does."""
        while True:
            opcode, payload = await self.frame()
            if opcode == CLOSE:
                return int(struct.unpack("!H", payload[:2])[0])

    async def ended_after(self) -> float:
        """Seconds from the opening to the end, whatever comes before it."""
        async with asyncio.timeout(3 * PATIENCE_S):
            try:
                while await self.reader.read(1 << 16):
                    pass
            except ConnectionError:
                pass
        return time.monotonic() - self.begun

    async def is_open(self, seconds: float = 0.3) -> bool:
        """Whether nothing, not even the end, comes for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self.reader.read(1)
        except TimeoutError:
            return True
        return False
