"""An answer of bytes that is cut goes on from there, or is lost; half of it never looks whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from codegen.runtime.sdk_python.download_async import MAX_CUTS, AsyncDownload
from codegen.runtime.sdk_python.errors import ConnectionLost

DATA = bytes(range(256)) * 40


class Server:
    """Gives DATA, or what is asked for of it, `pieces` at a time: after each the connection is cut."""

    def __init__(self, tag: str, pieces: int, status: int = 206) -> None:
        self.tag, self.pieces, self.status = tag, pieces, status
        self.asked: list[tuple[int, str]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        found = re.search(r"range: bytes=(\d+)-", head)
        start = int(found[1]) if found else 0
        if_range = re.search(r"if-range: (.*)\r\n", head)
        self.asked.append((start, if_range[1] if if_range else ""))
        body = DATA[start:]
        status = self.status if found else 200
        said = f"Content-Range: bytes {start}-{len(DATA) - 1}/{len(DATA)}\r\n" if status == 206 else ""
        writer.write(f"HTTP/1.1 {status} X\r\nETag: {self.tag}\r\n{said}Content-Length: {len(body)}\r\n\r\n".encode())
        writer.write(body[: self.pieces])
        await writer.drain()
        writer.close()


@asynccontextmanager
async def downloading(server: Server) -> AsyncIterator[AsyncDownload]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    async with listening, httpx2.AsyncClient(trust_env=False) as client:

        async def asked(headers: dict[str, str]) -> httpx2.Response:
            return await client.send(client.build_request("GET", url, headers=headers), stream=True)

        async def again(etag: str, start: int) -> httpx2.Response:
            return await asked({"range": f"bytes={start}-", "if-range": etag})

        async with AsyncDownload(await asked({}), "get_portrait", "1", again) as download:
            yield download


async def test_what_is_cut_goes_on_from_there_and_a_file_is_whole(tmp_path: Path) -> None:
    server = Server('"a"', len(DATA) // 3)
    async with downloading(server) as download:
        saved = await download.save(tmp_path / "picture")
    assert saved.read_bytes() == DATA
    assert len(server.asked) == 4
    assert {tag for _, tag in server.asked[1:]} == {'"a"'}
    assert [start for start, _ in server.asked] == sorted({start for start, _ in server.asked})


@pytest.mark.parametrize(
    ("server", "count"),
    [
        (Server('W/"a"', 5000), 1),
        (Server('"a"', 5000, 200), 2),
        (Server('"a"', 1), MAX_CUTS + 1),
    ],
)
async def test_what_cannot_go_on_is_lost(tmp_path: Path, server: Server, count: int) -> None:
    """A weak tag promises no bytes; a server that begins anew has others; one that cuts without an end is given up."""
    async with downloading(server) as download:
        with pytest.raises(ConnectionLost):
            await download.save(tmp_path / "picture")
    assert list(tmp_path.iterdir()) == []
    assert len(server.asked) == count


async def test_it_is_walked_once() -> None:
    async with downloading(Server('"a"', len(DATA))) as download:
        assert await download.read() == DATA
        with pytest.raises(ConnectionLost):
            await download.read()
