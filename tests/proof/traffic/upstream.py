"""A service of canned bytes behind a real proxy, both in the test's own loop: what arrives there, and what comes back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from proof.traffic.proxy import HttpProxy, Place
from proof.traffic.record import application, server
from proof.traffic.recorder import Recorder
from proof.traffic.tunnel import Tunnel
from tests.proof.traffic.things import Recorded, contract

MAX_BODY = 1000


class Canned:
    """Answers every request with `answer`, after its body has come; `seen` are the requests as they came."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.answer = answer
        self.seen: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = b""
            if b"transfer-encoding: chunked" in head.lower():
                body = await reader.readuntil(b"0\r\n\r\n")
            elif b"content-length: " in head.lower():
                body = await reader.readexactly(
                    int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                )
            self.seen.append(head + body)
            writer.write(self.answer)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def between(service: str, folder: Path) -> AsyncIterator[tuple[str, Recorded]]:
    """A proxy in front of the service at that origin: where it listens, and what it records."""
    recorded = Recorded(folder)
    recorder = Recorder(contract(), recorded.file, recorded.recorder.secrets, service)
    listening = socket.create_server(("127.0.0.1", 0))
    place = Place(service, f"http://127.0.0.1:{listening.getsockname()[1]}")
    http = HttpProxy(place, recorder, MAX_BODY)
    proxy = server(application(http, Tunnel(place, recorder, MAX_BODY)))
    task = asyncio.create_task(proxy.serve(sockets=[listening]))
    try:
        while not proxy.started:
            await asyncio.sleep(0.02)
        yield place.listen, recorded
    finally:
        proxy.should_exit = True
        await task
        await http.close()
