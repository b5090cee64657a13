"""Connections that abuse: they write without end, drip, stay silent or do not read. What is done to them is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from time import monotonic
from typing import cast

from tests.load.plan import Flood, FloodResult, latency_of
from tests.load.senders import connect_from

REOPEN_S = 0.1
MAX_FRAME_BYTES = 127
CLOSE_FRAME = 0x88


class Flooder:
    """All connections of one flood, for as long as the load lasts."""

    def __init__(self, flood: Flood, port: int) -> None:
        self.flood = flood
        self._port = port
        self._is_closing = False
        self._open: set[Abuser] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self.opened = self.refused = self.closed = self.bytes_sent = self.bytes_heard = 0
        self.answers: Counter[int] = Counter()
        self.codes: Counter[int] = Counter()
        self.lives: list[float] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._keep_one(index)) for index in range(self.flood.connections)]

    async def _keep_one(self, index: int) -> None:
        await asyncio.sleep(index * 0.001)
        while True:
            abuser = Abuser(self)
            try:
                await connect_from(self.flood.source, self._port, abuser)
                self.opened += 1
                await abuser.write_on()
            except OSError:
                self.refused += 1
            if not self.flood.reopens:
                return
            await asyncio.sleep(REOPEN_S)

    def enter(self, abuser: Abuser) -> None:
        self._open.add(abuser)

    def leave(self, abuser: Abuser, lived_s: float) -> None:
        self._open.discard(abuser)
        if not self._is_closing:
            self.closed += 1
            self.lives.append(lived_s)

    async def stop(self) -> FloodResult:
        self._is_closing, still_open = True, len(self._open)
        for task in self._tasks:
            task.cancel()
        for abuser in list(self._open):
            abuser.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return FloodResult(
            opened=self.opened,
            refused=self.refused,
            closed=self.closed,
            still_open=still_open,
            answers=dict(self.answers),
            codes=dict(self.codes),
            lives=latency_of(self.lives),
            bytes_sent=self.bytes_sent,
            bytes_heard=self.bytes_heard,
        )


class Abuser(asyncio.Protocol):
    def __init__(self, flooder: Flooder) -> None:
        self._flooder = flooder
        self._flood = flooder.flood
        self._may_begin = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._ended = asyncio.Event()
        self._began = 0.0
        self._buffer = b""
        self._is_answered = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._began = monotonic()
        self._flooder.enter(self)
        self._transport.write(self._flood.opening)
        if self._flood.half_closes:
            self._transport.write_eof()
        if not self._flood.reads:
            asyncio.get_running_loop().call_soon(self._transport.pause_reading)
        if not self._flood.waits or not self._flood.reads:
            self._may_begin.set()

    async def write_on(self) -> None:
        """Until the connection ends."""
        flood, at = self._flood, 0
        size = flood.piece_bytes or len(flood.chunk)
        await self._may_begin.wait()
        while flood.chunk and not self._ended.is_set():
            await self._may_write.wait()
            piece, at = flood.chunk[at : at + size], (at + size) % len(flood.chunk)
            if self._transport is not None and not self._transport.is_closing():
                self._transport.write(piece)
                self._flooder.bytes_sent += len(piece)
            await asyncio.sleep(flood.every_s)
        await self._ended.wait()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        self._flooder.bytes_heard += len(data)
        if not self._is_answered:
            self._hear_answer(data)
        else:
            self._buffer = (self._buffer + data)[-MAX_FRAME_BYTES:]

    def _hear_answer(self, data: bytes) -> None:
        head, found, rest = (self._buffer + data).partition(b"\r\n\r\n")
        if not found:
            self._buffer += data
            return
        self._is_answered, self._buffer = True, rest
        self._flooder.answers[int(head[9:12])] += 1
        self._may_begin.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._note_code()
        self._ended.set()
        self._may_begin.set()
        self._may_write.set()
        self._flooder.leave(self, monotonic() - self._began)

    def _note_code(self) -> None:
        """The code of a close frame, which is the last that a socket hears."""
        tail = self._buffer if self._is_answered else b""
        for at in range(len(tail) - 3):
            if tail[at] == CLOSE_FRAME and tail[at + 1] == len(tail) - at - 2:
                self._flooder.codes[int.from_bytes(tail[at + 2 : at + 4], "big")] += 1
                return

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
