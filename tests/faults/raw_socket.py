"""A client's socket that reads as slowly as it is told and never more than that, and answers pings."""

from __future__ import annotations

import asyncio
import json
import re
import socket as sockets
from pathlib import Path
from typing import Any

from tests.load.client import frame, upgrade

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
SMALL_BUFFER = 4096
PLACE = re.compile(rb'"offset":([0-9]+),"epoch":"([^"]*)"|"epoch":"([^"]*)","offset":([0-9]+)')


class RawSocket:
    """`close_code` is set when the service has said one; `count` is of the whole messages so far, `place` is the last event's
    epoch and offset, or where the subscription began."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.close_code: int | None = None
        self.count = 0
        self.place: tuple[str, int] | None = None
        self.bytes_read = 0
        self._buffer = bytearray()

    @classmethod
    async def open(cls, port: int, token: str, *, source: str = "127.0.0.1", path: str = "/web") -> RawSocket:
        line = sockets.socket()
        line.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, SMALL_BUFFER)
        line.setblocking(False)
        line.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=line, limit=SMALL_BUFFER)
        writer.write(upgrade(path, {"Authorization": f"Bearer {token}"} if token else {}))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert b" 101 " in head, head
        return cls(reader, writer)

    def say(self, **message: Any) -> None:
        self.writer.write(frame(json.dumps(message).encode(), binary=False))

    async def read(self, bytes_per_s: float, *, until: int) -> None:
        """Until so many messages have come, or the end."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while self.count < until and self.close_code is None:
            data = await self.reader.read(65_536)
            if not data:
                return
            self.bytes_read += len(data)
            self._buffer += data
            self._take()
            await asyncio.sleep(started + self.bytes_read / bytes_per_s - loop.time())

    def _take(self) -> None:
        while (whole := self._first()) is not None:
            opcode, payload = whole
            if opcode == PING:
                self.writer.write(bytes((0x80 | PONG, 0x80 | len(payload))) + bytes(4) + payload)
            elif opcode == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big")
            else:
                self.count += 1
                if found := PLACE.search(payload[:400]):
                    self.place = (found[2] or found[3]).decode(), int(found[1] or found[4])

    def _first(self) -> tuple[int, bytes] | None:
        """The first frame of the buffer, once it is whole; it is taken out."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        short, header = buffer[1] & 127, 2
        if short >= 126:
            header += 2 if short == 126 else 8
        size = short if short < 126 else int.from_bytes(buffer[2:header], "big")
        if len(buffer) < header + size:
            return None
        opcode, payload = buffer[0] & 15, bytes(buffer[header : header + size])
        del buffer[: header + size]
        return opcode, payload

    def unsent_at_server(self) -> int:
        """Bytes in the kernel's queue of the service's end, which stay when that can take no more."""
        ours, theirs = (self.writer.get_extra_info(name)[1] for name in ("sockname", "peername"))
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, remote, _, queues = line.split()[:5]
            if (int(local.split(":")[1], 16), int(remote.split(":")[1], 16)) == (theirs, ours):
                return int(queues.split(":")[0], 16)
        raise ConnectionError("the service's end is gone")

    def leave(self) -> None:
        self.writer.transport.abort()
