"""A TCP proxy whose connections can be cut when the client has said a certain thing."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class CuttingProxy:
    """Forwards to `port`; while `cut_on` is set, the first client bytes that contain it are forwarded and then all is cut."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self.cut_on: bytes | None = None
        self.cuts = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        there = asyncio.create_task(self._copy(reader, server_writer, watches=True, other=writer))
        back = asyncio.create_task(self._copy(server_reader, writer))
        await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        for task in (there, back):
            task.cancel()
        for each in (writer, server_writer):
            each.close()

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        watches: bool = False,
        other: asyncio.StreamWriter | None = None,
    ) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
                if watches and self.cut_on is not None and self.cut_on in data:
                    self.cuts += 1
                    if other is not None:
                        other.transport.abort()
                    return
        except (ConnectionError, OSError):
            return
