"""A closed-loop load client that costs little: prebuilt requests, one protocol per connection, nothing parsed but lengths."""

from __future__ import annotations

import asyncio
import struct
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

Next = Callable[[int], bytes]


@dataclass
class Tally:
    """Counts and latencies (seconds) of what was answered between `begin` and `end`."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    is_counting: bool = False


class Connection(asyncio.Protocol, ABC):
    """Keeps `depth` requests in flight; latency is measured in the order of sending."""

    def __init__(self, tally: Tally, make: Next, greeting: bytes, depth: int) -> None:
        self._tally = tally
        self._make = make
        self._greeting = greeting
        self._depth = depth
        self._sent: list[float] = []
        self._count = 0
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._is_greeting = bool(greeting)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._greeting:
            self._transport.write(self._greeting)
        else:
            self._fill()

    def _fill(self) -> None:
        assert self._transport is not None
        requests = []
        while len(self._sent) < self._depth:
            requests.append(self._make(self._count))
            self._count += 1
            self._sent.append(time.perf_counter())
        self._transport.write(b"".join(requests))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._is_greeting:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head:
                self._tally.failures += 1
                return
            self._is_greeting, self._buffer = False, rest
            self._fill()
            return
        while (size := self._length()) and len(self._buffer) >= size:
            answer, self._buffer = self._buffer[:size], self._buffer[size:]
            self._settle(answer)
        if len(self._sent) < self._depth and self._transport is not None and not self._transport.is_closing():
            self._fill()

    @abstractmethod
    def _length(self) -> int:
        """The size of the first whole answer in the buffer, 0 while it is not whole."""

    @abstractmethod
    def _is_good(self, answer: bytes) -> bool: ...

    def _settle(self, answer: bytes) -> None:
        begun = self._sent.pop(0)
        if self._tally.is_counting:
            self._tally.latencies.append(time.perf_counter() - begun)
            self._tally.failures += not self._is_good(answer)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class HttpConnection(Connection):
    def _length(self) -> int:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        head = self._buffer[:end].lower()
        at = head.find(b"content-length: ")
        return end + 4 + (int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)

    def _is_good(self, answer: bytes) -> bool:
        return answer[9:10] == b"2"


class SocketConnection(Connection):
    def _length(self) -> int:
        data = self._buffer
        if len(data) < 2:
            return 0
        short = data[1] & 127
        if short < 126:
            return 2 + short
        width = 2 if short == 126 else 8
        if len(data) < 2 + width:
            return 0
        return 2 + width + int.from_bytes(data[2 : 2 + width], "big")

    def _is_good(self, answer: bytes) -> bool:
        return (
            (answer[0] in (0x81, 0x82) and b'"status_code":0' in answer[:400]) or answer[0] == 0x82 or b"echo" in answer
        )


def frame(payload: bytes, *, binary: bool) -> bytes:
    """A client's frame, masked with zeros: the payload stands as it is."""
    size = len(payload)
    head = bytes((0x82 if binary else 0x81,)) + (
        bytes((0x80 | size,)) if size < 126 else struct.pack("!BH", 0xFE, size)
    )
    return head + b"\0\0\0\0" + payload


def upgrade(path: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def drive(
    kind: type[Connection],
    port: int,
    make: Next,
    *,
    connections: int,
    depth: int,
    seconds: float,
    greeting: bytes = b"",
) -> tuple[Tally, float]:
    """Warm up for a quarter, then count; answers the tally and the seconds that were counted."""
    loop, tally = asyncio.get_running_loop(), Tally()
    opened = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(lambda: kind(tally, make, greeting, depth), "127.0.0.1", port)
        opened.append(protocol)
    await asyncio.sleep(seconds / 4)
    tally.is_counting, started = True, time.perf_counter()
    await asyncio.sleep(seconds)
    tally.is_counting, took = False, time.perf_counter() - started
    for protocol in opened:
        protocol.close()
    await asyncio.sleep(0.05)
    return tally, took
