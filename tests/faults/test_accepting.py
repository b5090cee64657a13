"""New connections while the loop is busy, and while workers are replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.processes import is_there, workers_of
from tests.faults.raw import Peer, request

BUSY, CROWD = 3, 100
ENOUGH_S = 2.0
"""One connection in each turn of 50 ms or more would take 5 s at least."""


@pytest.fixture
def two_workers(servers_folder: Path) -> Iterator[EchoServer]:
    server = EchoServer(servers_folder / "two-workers", "two")
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def ask(port: int, path: str = "/") -> int:
    async with await Peer.open(port, request(f"GET {path}")) as peer:
        return (await peer.answer()).status


async def keep_busy(port: int) -> None:
    """A request that holds the loop for 50 ms, and the next one right after it."""
    async with await Peer.open(port) as peer:
        while True:
            peer.send(request("GET /long-turn"))
            await peer.answer()


@pytest.mark.survives("L01", "W09")
async def test_new_connections_do_not_wait_while_turns_are_long(echo: EchoServer) -> None:
    """L01, W09 (D22): the loop is held for 50 ms and more in each turn, and a hundred connections come at once. All are
    answered within 2 s."""
    busy = asyncio.gather(*(keep_busy(echo.port) for _ in range(BUSY)))
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    statuses = await asyncio.gather(*(ask(echo.port) for _ in range(CROWD)))
    took_s = time.monotonic() - begun
    busy.cancel()
    await asyncio.wait([busy])
    assert statuses == [200] * CROWD
    assert took_s < ENOUGH_S


@pytest.mark.long
@pytest.mark.timeout(150)
@pytest.mark.survives("M08")
async def test_workers_are_replaced_while_nobody_is_refused(two_workers: EchoServer) -> None:
    """M08 (D26): two workers share one listening socket and SIGHUP replaces them one by one. Every request on a new connection
    is answered meanwhile."""
    before = workers_of(two_workers.pid)
    os.kill(two_workers.pid, signal.SIGHUP)
    statuses: list[int] = []
    async with asyncio.timeout(100):
        while any(is_there(pid) for pid in before):
            statuses.append(await ask(two_workers.port))
            await asyncio.sleep(0.01)
    assert set(statuses) == {200}
    assert await ask(two_workers.port) == 200
    assert len(workers_of(two_workers.pid)) == 2
