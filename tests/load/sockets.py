"""Many sockets at once: how fast they connect, what an idle one weighs, and when the last of them has a broadcast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, cast

from tests.spent import resident_kib

ANSWER_S = 20.0
CONNECTORS = 16


class Socket(asyncio.Protocol):
    """Asks for the upgrade; `opened` is set by the 101, `heard` counts the chunks that came after it."""

    def __init__(self, greeting: bytes, on_data: Callable[[bytes], None]) -> None:
        self._greeting = greeting
        self._on_data = on_data
        self._buffer: bytes | None = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._greeting)

    def data_received(self, data: bytes) -> None:
        if self._buffer is None:
            self._on_data(data)
            return
        self._buffer += data
        head, found, _ = self._buffer.partition(b"\r\n\r\n")
        if found and not self.opened.done():
            self._buffer = None
            if b" 101 " in head:
                self.opened.set_result(None)
            else:
                self.opened.set_exception(ConnectionRefusedError(head.decode(errors="replace")))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionResetError())

    def send(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


async def connect(port: int, greeting: bytes, on_data: Callable[[bytes], None] = lambda _: None) -> Socket:
    loop = asyncio.get_running_loop()
    _, socket = await loop.create_connection(lambda: Socket(greeting, on_data), "127.0.0.1", port)
    await asyncio.wait_for(socket.opened, ANSWER_S)
    return socket


async def count_connects(port: int, greeting: bytes, seconds: float) -> float:
    """Upgrades per second by sixteen that open and abort in turn."""
    end = time.perf_counter() + seconds

    async def again() -> int:
        count = 0
        while time.perf_counter() < end:
            (await connect(port, greeting)).close()
            count += 1
        return count

    return sum(await asyncio.gather(*(again() for _ in range(CONNECTORS)))) / seconds


async def open_many(port: int, greeting: bytes, count: int, on_data: Callable[[bytes], None]) -> list[Socket]:
    sockets: list[Socket] = []
    while len(sockets) < count:
        batch = min(CONNECTORS, count - len(sockets))
        sockets += await asyncio.gather(*(connect(port, greeting, on_data) for _ in range(batch)))
    return sockets


async def weigh_idle(pid: int, port: int, greeting: bytes, count: int, hello: bytes = b"") -> float:
    """KiB of the server's memory per open and silent socket, that has sent `hello`."""
    before = resident_kib(pid)
    sockets = await open_many(port, greeting, count, lambda _: None)
    for socket in sockets if hello else ():
        socket.send(hello)
    await asyncio.sleep(0.5)
    each = (resident_kib(pid) - before) / count
    for socket in sockets:
        socket.close()
    await asyncio.sleep(0.5)
    return each


class Audience:
    """Counts the frames in which `mark` stands; `done` is set when as many came as are wanted, and `began_at` is when the first did."""

    def __init__(self) -> None:
        self.mark = b""
        self.wanted = 0
        self.began_at: float | None = None
        self.done = asyncio.Event()

    def expect(self, mark: bytes, count: int) -> None:
        self.mark, self.wanted, self.began_at = mark, count, None
        self.done.clear()

    def hear(self, data: bytes) -> None:
        heard = data.count(self.mark)
        if heard and self.began_at is None:
            self.began_at = time.perf_counter()
        self.wanted -= heard
        if self.wanted <= 0:
            self.done.set()


class Broadcast(NamedTuple):
    """How long one took."""

    whole_ms: float
    """From asking for it until the last socket has it."""
    pushes_ms: float
    """From the first socket that has it to the last: without what causes it, and what brings it to the node."""


async def time_broadcasts(
    port: int,
    greeting: bytes,
    count: int,
    rounds: int,
    subscribe: bytes,
    speak: Callable[[int], tuple[bytes, bytes]],
    subscribed: bytes = b"subscribed",
) -> list[Broadcast]:
    """To `count` sockets; `speak` answers (frame, mark), and the answer to `subscribe` has `subscribed` in it."""
    audience, taken = Audience(), list[Broadcast]()
    sockets = await open_many(port, greeting, count, audience.hear)
    if subscribe:
        audience.expect(subscribed, count)
        for socket in sockets:
            socket.send(subscribe)
        await asyncio.wait_for(audience.done.wait(), ANSWER_S)
    speaker = await connect(port, greeting)
    for number in range(rounds):
        data, mark = speak(number)
        audience.expect(mark, count)
        begun = time.perf_counter()
        speaker.send(data)
        await asyncio.wait_for(audience.done.wait(), ANSWER_S)
        ended = time.perf_counter()
        assert audience.began_at is not None
        taken.append(Broadcast((ended - begun) * 1000, (ended - audience.began_at) * 1000))
        await asyncio.sleep(0.05)
    for socket in [*sockets, speaker]:
        socket.close()
    await asyncio.sleep(0.5)
    return taken
