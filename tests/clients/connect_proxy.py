"""A proxy on loopback that takes CONNECT alone (RFC 9110 §9.3.6), and notes for which places."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from tests.relay import relay


class ConnectProxy:
    """Entered it listens, left it is gone. `asked` are the places, `host:port`, that its callers wanted."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            verb, place, _ = head.decode("latin-1").split(" ", 2)
            assert verb == "CONNECT"
            self.asked.append(place)
            host, _, port = place.rpartition(":")
            behind = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await relay((reader, writer), behind)
        writer.close()
