"""A TCP proxy before one server, whose faults are switched while it runs: latency, bandwidth, silence, refusal, a cut.

Promises: what is held back in a silence travels when it ends, as a network's repeated packets do; at the end nothing is open.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Self

CHUNK_BYTES = 16_384
MAX_HELD_CHUNKS = 256


class Mode(Enum):
    FORWARD = "forward"
    HALF = "half"
    """Requests go, answers do not."""
    SILENT = "silent"
    """Connections are accepted, and nothing is forwarded."""
    REFUSED = "refused"
    """Nobody listens, and what was open is reset."""


@dataclass(eq=False)
class _Pair:
    """One client's connection and its counterpart, once that is open."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter | None = None

    def abort(self) -> None:
        for writer in (self.client, self.server):
            if writer is not None:
                _reset(writer)


class Proxy:
    """Forwards `self.port` to `target`; listens at `port`, or a free one. With `tls` clients must speak it.

    `latency_s` is added to each direction; `bytes_per_s` is the rate of each direction of each connection. While `cut_on` is
    set, the first client bytes that contain it are forwarded and then their connection is reset. `accepted` counts connections.
    """

    def __init__(self, target: int, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self.accepted = 0
        self.latency_s = 0.0
        self.bytes_per_s = 0.0
        self.cut_on: bytes | None = None
        self.cuts = 0
        self._target = target
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests_go = asyncio.Event()
        self._answers_go = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.switch(Mode.FORWARD)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def connections(self) -> int:
        return len(self._pairs)

    async def switch(self, mode: Mode) -> None:
        _set(self._requests_go, mode in (Mode.FORWARD, Mode.HALF))
        _set(self._answers_go, mode is Mode.FORWARD)
        if mode is Mode.REFUSED:
            self._stop_listening()
            self.cut()
        elif self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, ssl=self._tls)
            self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Reset every connection; new ones are served."""
        for pair in self._pairs:
            pair.abort()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pair = _Pair(writer)
        self._pairs.add(pair)
        try:
            await self._requests_go.wait()
            if not reader.at_eof():
                await self._join(reader, pair)
        except OSError:
            return
        finally:
            self._pairs.discard(pair)
            for each in (pair.client, pair.server):
                if each is not None:
                    each.close()

    async def _join(self, reader: asyncio.StreamReader, pair: _Pair) -> None:
        """Until either side has ended."""
        server_reader, pair.server = await asyncio.open_connection("127.0.0.1", self._target)
        ways = [
            asyncio.create_task(self._carry(reader, pair.server, self._requests_go, pair)),
            asyncio.create_task(self._carry(server_reader, pair.client, self._answers_go, None)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may_go: asyncio.Event, watched: _Pair | None
    ) -> None:
        """One direction. Reading goes on while bytes wait for their time, so that latency does not cost bandwidth."""
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MAX_HELD_CHUNKS)
        reading = asyncio.create_task(self._hold(reader, held))
        try:
            while (data := await self._due(held)) and await self._give(data, writer, may_go):
                if watched is not None and self.cut_on is not None and self.cut_on in data:
                    self.cuts += 1
                    _reset(watched.client)
                    return
        finally:
            reading.cancel()

    async def _hold(self, reader: asyncio.StreamReader, held: asyncio.Queue[tuple[float, bytes]]) -> None:
        loop, data = asyncio.get_running_loop(), b"begin"
        while data:
            try:
                data = await reader.read(CHUNK_BYTES)
            except OSError:
                data = b""
            await held.put((loop.time() + self.latency_s, data))

    async def _due(self, held: asyncio.Queue[tuple[float, bytes]]) -> bytes:
        due, data = await held.get()
        if (wait_s := due - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(wait_s)
        return data

    async def _give(self, data: bytes, writer: asyncio.StreamWriter, may_go: asyncio.Event) -> bool:
        await may_go.wait()
        if self.bytes_per_s:
            await asyncio.sleep(len(data) / self.bytes_per_s)
        with suppress(OSError):
            writer.write(data)
            await writer.drain()
            return True
        return False


def _reset(writer: asyncio.StreamWriter) -> None:
    """RST, not FIN: a close that waits for nothing."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _set(event: asyncio.Event, is_set: bool) -> None:
    if is_set:
        event.set()
    else:
        event.clear()
