"""Several workers behind one address: who dies is replaced, and where none can begin the node gives up."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.development.servers import Valkey
from app.exit_codes import CONFIG, SOFTWARE
from app.serving.node import MAX_FAILURES, TURN_S, Place
from tests.faults.echo_process import EchoServer
from tests.faults.processes import end_of, is_there, workers_of
from tests.faults.raw import Peer, request
from tests.running_service import RunningService

READS = 6
"""No more than one worker runs at once for one caller, should it get them all."""


@pytest.fixture
def two_workers(servers_folder: Path, request: pytest.FixtureRequest) -> Iterator[EchoServer]:
    server = EchoServer(servers_folder / f"two-{request.node.name}", "two")
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def ask(port: int) -> int:
    """The status, or 0 where the connection was lost with its worker."""
    try:
        async with await Peer.open(port, request("GET /")) as peer:
            return (await peer.answer()).status
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0


async def two_of(server: EchoServer, *, without: set[int]) -> list[int]:
    """Its workers, once there are two and none of those; what is answered meanwhile stays answered."""
    async with asyncio.timeout(45):
        while len(found := workers_of(server.pid)) != 2 or without & set(found):
            await asyncio.sleep(0.05)
    return found


@pytest.mark.survives("D31")
async def test_a_killed_worker_is_replaced(two_workers: EchoServer) -> None:
    """D31: one of two workers is killed, then both at once. The node stays, each is replaced, and new connections are answered."""
    first, second = workers_of(two_workers.pid)
    os.kill(first, signal.SIGKILL)
    now = await two_of(two_workers, without={first})
    assert second in now
    assert await ask(two_workers.port) == 200
    for pid in now:
        os.kill(pid, signal.SIGKILL)
    await two_of(two_workers, without=set(now))
    async with asyncio.timeout(30):
        while await ask(two_workers.port) != 200:
            await asyncio.sleep(0.1)
    assert two_workers.is_running()
    assert two_workers.text().count("worker.ended") == 3


@pytest.mark.survives("D26", "M07")
async def test_the_service_with_two_workers_answers_and_ends(
    migrated: str, valkey: Valkey, servers_folder: Path
) -> None:
    """M07 (D26): the whole service runs with two workers, and SIGTERM comes while reads wait for a table that another program has
    locked. Once it lets go all are answered, and the exit code is 0."""
    other = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    with RunningService(servers_folder / "pair", migrated, valkey.url, WORKERS="2") as pair:
        token = await pair.token("reader")
        asked = request("GET /api/artists", f"Authorization: Bearer {token}")
        async with other.transaction():
            await other.execute("LOCK artist")
            peers = [await Peer.open(pair.port, asked) for _ in range(READS)]
            async with asyncio.timeout(2):
                while await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < READS:
                    await asyncio.sleep(0.01)
            os.kill(pair.process.pid, signal.SIGTERM)
            await asyncio.sleep(0.2)
        statuses = [(await peer.answer()).status for peer in peers]
        took_s, code = await end_of(pair.process.pid, 25.0)
    await other.close()
    assert statuses == [200] * READS
    assert code == 0, f"ended with {code} after {took_s:.1f} s\n{pair.log()[-2000:]}"


@pytest.mark.survives("D26")
async def test_a_node_ends_with_its_last_worker(servers_folder: Path) -> None:
    """D26: from the end of the last of two workers to that of the node no turn of its loop is waited for. The best of three, since others
    run beside."""
    lags = []
    for attempt in range(3):
        server = EchoServer(servers_folder / f"last-{attempt}", "two")
        server.start()
        workers = workers_of(server.pid)
        os.kill(server.pid, signal.SIGTERM)
        async with asyncio.timeout(25):
            while any(map(is_there, workers)):
                await asyncio.sleep(0.002)
        lags.append((await end_of(server.pid, 25.0))[0])
        server.stop()
        if min(lags) < TURN_S:
            break
    assert min(lags) < TURN_S


@pytest.mark.long
@pytest.mark.timeout(150)
@pytest.mark.survives("D31")
async def test_a_frozen_worker_is_replaced(two_workers: EchoServer) -> None:
    """D31: one of two workers is stopped by SIGSTOP and never continued. After 30 s it is killed and replaced."""
    frozen, _ = workers_of(two_workers.pid)
    await asyncio.sleep(3)  # It serves by now; one that does not yet has a minute.
    os.kill(frozen, signal.SIGSTOP)
    async with asyncio.timeout(90):
        while is_there(frozen):
            await asyncio.sleep(0.2)
    assert frozen not in await two_of(two_workers, without={frozen})


@pytest.mark.survives("D31", "D33")
@pytest.mark.parametrize(
    ("how", "code", "most"), [("broken", SOFTWARE, 2 * MAX_FAILURES), ("misconfigured", CONFIG, 2)]
)
async def test_where_no_worker_can_begin_the_node_gives_up(
    servers_folder: Path, how: str, code: int, most: int
) -> None:
    """D31, D33: workers end before they serve, by an exception or because of their settings. The node tries again with pauses, five times
    or not at all, says that it gives up, and ends with 70 or 78."""
    server = EchoServer(servers_folder / how, "two", how)
    server.launch()
    try:
        _, ended = await end_of(server.pid, 90.0)
    finally:
        server.stop()
    assert ended == code
    assert 1 <= server.text().count("worker.ended ") <= most
    assert server.text().count("node.gives_up") == 1


async def test_one_worker_that_cannot_begin_says_so_by_its_exit_code(servers_folder: Path) -> None:
    server = EchoServer(servers_folder / "one-misconfigured", "misconfigured")
    server.launch()
    try:
        _, ended = await end_of(server.pid, 60.0)
    finally:
        server.stop()
    assert ended == CONFIG


def test_pauses_double_while_lives_are_short() -> None:
    place = Place()
    pauses = [place.empty(had_served=False, lived_s=1.0) for _ in range(8)]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert place.failures == 8
    assert place.empty(had_served=True, lived_s=60.0) == 0.1
    assert place.failures == 0
