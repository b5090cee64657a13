"""F13: more connections than the process may have open files."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.raw import TEXT, Peer, frame, request

FILES, STRANGERS = 256, 1000
PLACES = FILES - 64


class TightServer(EchoServer):
    """Has at most FILES open files."""

    def launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._variables,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES)),
            )


@pytest.fixture
def tight(servers_folder: Path) -> Iterator[TightServer]:
    server = TightServer(servers_folder / "tight")
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def attempt(port: int) -> Peer | None:
    with suppress(OSError):
        return await Peer.open(port, request("GET /"))
    return None


async def status_of(peer: Peer) -> int:
    """0 where the connection ended without an answer."""
    with suppress(OSError, asyncio.IncompleteReadError):
        return (await peer.answer()).status
    return 0


@pytest.mark.survives("F13")
async def test_more_connections_than_files_leave_the_existing_ones_alone(tight: TightServer) -> None:
    """F13 (D13 D22): 256 open files, 1,000 connections: existing sockets are served, the rest is refused with 503 or ended,
    and once the strangers are gone new ones are served without a restart."""
    sockets = [await Peer.open_socket(tight.port, "/echo") for _ in range(20)]
    strangers = [peer for _ in range(STRANGERS) if (peer := await attempt(tight.port)) is not None]
    for peer in sockets:
        peer.send(frame(TEXT, b"still here"))
        assert await peer.frame() == (TEXT, b"still here")
    statuses = await asyncio.gather(*(status_of(peer) for peer in strangers))
    assert set(statuses) <= {0, 200, 503}
    assert 0 < statuses.count(200) <= PLACES
    for peer in strangers:
        peer.writer.transport.abort()
    async with asyncio.timeout(10):
        while (fresh := await attempt(tight.port)) is None or await status_of(fresh) != 200:
            await asyncio.sleep(0.1)
    for peer in sockets:
        peer.send(frame(TEXT, b"and now"))
        assert await peer.frame() == (TEXT, b"and now")
    assert "Traceback" not in tight.text()
