"""W10: peers that say nothing, or say it slowly, beside honest ones. The short form has few of each, the long one 500."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.raw import HOST, Peer, handshake, request
from tests.running_service import RunningService

HEAD_S, SLACK_S = 10.0, 2.0
"""What is promised, and what a loaded machine may add."""
BODY_S = 30.0

SILENT = b""
HALF_LINE = b"GET / HT"
HALF_HEAD = b"GET / HTTP/1.1\r\n" + HOST
HALF_UPGRADE = handshake("/web?auth=frame")[:-2]
HALF_BODY = request("POST /", "Content-Length: 1000")


async def trickle(peer: Peer, byte: bytes) -> None:
    """One byte a second, until the peer is gone."""
    with suppress(ConnectionError):
        while not peer.writer.transport.is_closing():
            peer.send(byte)
            await peer.writer.drain()
            await asyncio.sleep(1)


async def lives(port: int, first: bytes, then: bytes) -> float:
    """Seconds until the server ends a connection that says `first` and then a byte of `then` every second."""
    async with await Peer.open(port, first) as peer:
        talking = asyncio.create_task(trickle(peer, then)) if then else None
        try:
            return await peer.ended_after()
        finally:
            if talking is not None:
                talking.cancel()


async def half_closes(port: int) -> float:
    async with await Peer.open(port, HALF_HEAD) as peer:
        peer.writer.write_eof()
        return await peer.ended_after()


async def idles_after(port: int, answered: bytes, then: bytes) -> float:
    """As `lives`, on a connection that was good for one request."""
    async with await Peer.open(port, answered) as peer:
        await peer.answer()
        peer.begun = time.monotonic()
        peer.send(then)
        return await peer.ended_after()


@pytest.mark.survives("W10")
async def test_a_head_that_does_not_come_ends_the_connection_in_10_s(echo: EchoServer) -> None:
    """W10 (D13): silence, half a line, a head or an upgrade at a byte a second, a kept connection with half a request,
    empty lines for ever, a half-close: each is ended within 10 s."""
    port = echo.port
    ended = await asyncio.gather(
        *(lives(port, SILENT, b"") for _ in range(5)),
        *(lives(port, HALF_LINE, b"a") for _ in range(5)),
        *(lives(port, HALF_HEAD, b"A") for _ in range(5)),
        *(lives(port, HALF_UPGRADE, b"A") for _ in range(5)),
        *(lives(port, SILENT, b"\r\n") for _ in range(5)),
        *(idles_after(port, request("GET /"), HALF_HEAD) for _ in range(5)),
        *(idles_after(port, request("GET /"), b"") for _ in range(5)),
        *(idles_after(port, request("GET /") + HALF_LINE, b"") for _ in range(5)),
        *(half_closes(port) for _ in range(5)),
    )
    assert max(ended) < HEAD_S + SLACK_S
    assert echo.text() == ""


@pytest.mark.survives("W10")
async def test_a_body_that_trickles_is_refused_with_408(echo: EchoServer) -> None:
    """W10 (D13): a body at a byte a second, or not at all, is refused; one at a good pace is not."""

    async def refused(then: bytes) -> tuple[int, float]:
        async with await Peer.open(echo.port, HALF_BODY) as peer:
            talking = asyncio.create_task(trickle(peer, then))
            status = (await peer.answer()).status
            ended = await peer.ended_after()
            talking.cancel()
            return status, ended

    async def accepted() -> int:
        async with await Peer.open(echo.port, request("POST /", "Content-Length: 3000")) as peer:
            for _ in range(12):
                peer.send(b"a" * 250)
                await asyncio.sleep(1)
            return (await peer.answer()).status

    *late, good = await asyncio.gather(refused(b"a"), refused(b""), accepted())
    assert [status for status, _ in late] == [408, 408]
    assert max(seconds for _, seconds in late) < BODY_S
    assert good == 200


@pytest.mark.survives("W10")
async def test_an_answer_that_nobody_takes_does_not_hold_the_connection(echo: EchoServer) -> None:
    """Siblings of W10: a peer that asks for 4 MiB with `Connection: close` and reads nothing is cut."""
    async with await Peer.open(echo.port) as peer:
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads
        peer.send(request("GET /large", "Connection: close"))
        port = peer.writer.get_extra_info("sockname")[1]
        for is_held in (True, False):
            async with asyncio.timeout(30):
                while holds_connection_of(port) is not is_held:
                    await asyncio.sleep(0.05)


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def holds_connection_of(port: int) -> bool:
    """Whether a process has accepted the connection that comes from this port and not closed it; Linux says so by the inode."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(int(line[2].partition(":")[2], 16) == port and line[9] != "0" for line in lines)


@asynccontextmanager
async def crowd(port: int, count: int) -> AsyncIterator[list[asyncio.Task[float]]]:
    """`count` of each kind, opened without a pause."""
    kinds: list[Callable[[], asyncio.Task[float]]] = [
        lambda: asyncio.create_task(lives(port, SILENT, b"")),
        lambda: asyncio.create_task(lives(port, HALF_LINE, b"a")),
        lambda: asyncio.create_task(lives(port, HALF_HEAD, b"A")),
        lambda: asyncio.create_task(lives(port, HALF_BODY, b"a")),
        lambda: asyncio.create_task(half_closes(port)),
    ]
    tasks = [kind() for _ in range(count) for kind in kinds]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()


async def latencies(port: int, token: str, seconds: float) -> list[float]:
    """Of an honest caller that asks 50 times a second on one connection."""
    found = []
    ask = request("GET /api/artists/1", f"Authorization: Bearer {token}")
    async with await Peer.open(port) as peer:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begun = time.monotonic()
            peer.send(ask)
            assert (await peer.answer()).status in (200, 404)
            found.append(time.monotonic() - begun)
            await asyncio.sleep(0.02)
    return found


def p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


@pytest.mark.long
@pytest.mark.survives("W10")
async def test_500_slow_peers_of_each_kind_beside_honest_ones(service: RunningService) -> None:
    """W10 (D13): 2,500 slow peers: each is ended in time, honest callers wait at most half as long again, files come back."""
    token = await service.token("reader")
    before = open_files(service.process.pid)
    alone = await latencies(service.port, token, 10)
    async with crowd(service.port, 500) as tasks:
        beside = await latencies(service.port, token, 25)
        ended = await asyncio.gather(*tasks)
    assert max(ended) < BODY_S + SLACK_S
    assert p99(beside) < max(1.5 * p99(alone), 0.05)
    async with asyncio.timeout(10):
        while open_files(service.process.pid) > before + 5:
            await asyncio.sleep(0.2)
    assert "Traceback" not in Path(service.process.log).read_text()
