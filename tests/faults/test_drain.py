"""A node that is told to end loses no call: it says so first, finishes what it has, and sends its sockets away one after the other."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey, embedded_postgres, free_port
from tests.faults.guests import Guest, guests
from tests.faults.history import connect
from tests.faults.processes import end_of, paused
from tests.faults.raw import Answer, Peer, request
from tests.faults.stage import Stage, staged
from tests.faults.vitals import BACKENDS

CREATE = 3
"""The PkgID of `create_artist`; a name that begins with `slow` takes 2 s."""
ASK_EACH_S = 0.1
END_S = 25.0
WARM_S = 60.0


@pytest.fixture(scope="module")
def roomy_postgres(servers_folder: Path) -> Iterator[Postgres]:
    """For two hundred transactions that wait at once."""
    with embedded_postgres(servers_folder / "roomy-postgres", max_connections=450) as server:
        yield server


@asynccontextmanager
async def node(folder: Path, postgres: Postgres, valkey: Valkey, drain_s: int, **settings: str) -> AsyncIterator[Stage]:
    room = {"DATABASE_CONNECTIONS": "200", "ADMIN_PORT": str(free_port()), "DRAIN_S": str(drain_s)}
    async with staged(folder, postgres, valkey, is_proxied=False, **room | settings) as stage:
        yield stage


@dataclass
class Watch:
    """What each new connection is told, by the seconds since the signal: a status, or 0 where nobody takes it."""

    ports: tuple[int, int]
    began: float = field(default_factory=time.monotonic)
    public: list[tuple[float, int]] = field(default_factory=list)
    admin: list[tuple[float, int]] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            for port, seen in zip(self.ports, (self.public, self.admin), strict=True):
                asked_s = time.monotonic() - self.began
                seen.append((asked_s, await status_of(port, "/readyz")))
            await asyncio.sleep(ASK_EACH_S)


async def status_of(port: int, path: str) -> int:
    try:
        async with await Peer.open(port, request(f"GET {path}", host=b"Host: 127.0.0.1\r\n")) as peer:
            return (await peer.answer()).status
    except (ConnectionError, asyncio.IncompleteReadError):
        return 0


@asynccontextmanager
async def told_to_end(stage: Stage) -> AsyncIterator[Watch]:
    process = stage.service.process
    watch = Watch((stage.port, int(stage.service.environment["ADMIN_PORT"])))
    os.kill(process.pid, signal.SIGTERM)
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()


@dataclass
class Calls:
    """Commands of 2 s at both doors, and what became of them."""

    stage: Stage
    guests: list[Guest]
    answers: list[asyncio.Task[Answer]] = field(default_factory=list)
    asked: list[tuple[Guest, str]] = field(default_factory=list)

    async def begin(self, first: int, last: int) -> None:
        """One at each door for each number."""
        for number in range(first, last):
            self.answers.append(asyncio.create_task(self.post(number)))
            guest, req_id = self.guests[number], str(uuid.uuid4())
            self.asked.append((guest, req_id))
            await guest.ask(CREATE, req_id, {"name": f"slow {req_id}"})

    async def post(self, number: int) -> Answer:
        token = self.stage.tokens[number % len(self.stage.tokens)]
        fields = (f"Authorization: Bearer {token}", "Content-Type: application/json")
        body = f'{{"name": "slow {uuid.uuid4()}"}}'.encode()
        asked = request("POST /api/artists", *fields, body=body, host=b"Host: 127.0.0.1\r\n")
        async with await Peer.open(self.stage.port, asked) as peer:
            return await peer.answer()


async def warmed(stage: Stage, workers: int) -> None:
    """Each worker has all the connections of its pool, so that none has to be opened while a hundred calls wait for it. What is refused
    meanwhile is tried by nobody again."""
    calls = Calls(stage, [])
    due = workers * int(stage.service.environment["DATABASE_CONNECTIONS"])
    watching = await connect(stage.database_url)
    try:
        async with asyncio.timeout(WARM_S):
            while await watching.fetchval(BACKENDS) < due:
                await asyncio.gather(*(calls.post(number) for number in range(2 * due)))
    finally:
        await watching.close()


@pytest.mark.survives("M07", "D26", "D25")
@pytest.mark.parametrize(
    ("workers", "sockets", "each", "drain_s"),
    [
        pytest.param(1, 300, 100, 3, id="one worker"),
        pytest.param(2, 300, 100, 3, id="two workers"),
        pytest.param(1, 1000, 100, 5, id="a thousand sockets", marks=[pytest.mark.long, pytest.mark.timeout(240)]),
    ],
)
async def test_a_node_that_ends_answers_all_and_sends_its_sockets_away(
    roomy_postgres: Postgres,
    frail_valkey: Valkey,
    servers_folder: Path,
    workers: int,
    sockets: int,
    each: int,
    drain_s: int,
) -> None:
    """M07 (D26): SIGTERM comes to a node of one worker or two with 300 sockets (1,000 in the long form) while 100 commands of 2 s run at
    each door, half of which begin after it. All 200 are answered with success, over HTTP with `Connection: close`; readiness falls within
    1 s at both ports; new connections are taken for DRAIN_S, then refused; each socket is told `server.draining` once, at times that are
    spread, and closed with 1012 no sooner than it was told; the exit code is 0 within 25 s."""
    async with (
        node(servers_folder, roomy_postgres, frail_valkey, drain_s, WORKERS=str(workers)) as stage,
        guests(stage.service.url, stage.tokens, sockets) as opened,
    ):
        await warmed(stage, workers)
        speaking = [one for one in opened if not one.is_binary]
        calls = Calls(stage, speaking)
        await calls.begin(0, each // 2)
        await asyncio.sleep(0.3)
        async with told_to_end(stage) as watch:
            await asyncio.sleep(drain_s - 1.2)
            await calls.begin(each // 2, each)
            took_s, code = await end_of(stage.service.process.pid, END_S)
        log = stage.service.log()
        assert (code, took_s < END_S) == (0, True), f"ended with {code} after {took_s:.1f} s\n{log[-3000:]}"
        answers = await asyncio.gather(*calls.answers)
        assert len(answers) == each
        assert [one for one in answers if (one.status, one.headers.get("connection")) != (201, "close")] == []
        assert [guest.replies.get(req_id) for guest, req_id in calls.asked] == [0] * each
        judge_readiness(watch, drain_s)
        judge_departures(opened, drain_s)
    assert "Traceback" not in log


def judge_readiness(watch: Watch, drain_s: int) -> None:
    assert {status for at, status in watch.admin if 1.0 <= at < drain_s} == {503}
    assert min(at for at, status in watch.admin if status == 503) <= 1.0
    assert min(at for at, status in watch.public if status == 503) <= 1.0
    assert {status for at, status in watch.public if 1.0 <= at < drain_s - 0.2} == {503}, "it still takes who comes"
    late = {status for at, status in watch.public if at > drain_s + 0.8}
    assert late == {0}, "nobody is taken any more"


def judge_departures(opened: list[Guest], drain_s: int) -> None:
    assert [len(one.told) for one in opened] == [1] * len(opened)
    assert {one.code for one in opened} == {1012}
    times_s = [ms / 1000 for one in opened for _, ms in one.told]
    assert 0 <= min(times_s) <= max(times_s) <= drain_s
    assert max(times_s) - min(times_s) > 0.8 * drain_s
    early = [one for one in opened if one.closed_at - one.told[0][0] < one.told[0][1] / 1000]
    assert early == []


@pytest.mark.survives("M07", "D26")
async def test_sockets_are_closed_in_batches_however_many_may_go_at_once(
    roomy_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path
) -> None:
    """M07 (D26): without a time for them 500 sockets may go at once. They are closed in three batches of at most 200, 100 ms apart by
    what the node says of itself, and it has ended within 3 s."""
    async with (
        node(servers_folder, roomy_postgres, frail_valkey, 0) as stage,
        guests(stage.service.url, stage.tokens, 500) as opened,
    ):
        os.kill(stage.service.process.pid, signal.SIGTERM)
        took_s, code = await end_of(stage.service.process.pid, END_S)
        assert (code, took_s < 3.0) == (0, True), took_s
        assert {(one.code, len(one.told)) for one in opened} == {(1012, 1)}
    batches = [
        line for line in map(json.loads, stage.service.log().splitlines()) if line["event"] == "sockets.dismissed"
    ]
    assert [line["closed"] for line in batches] == [200, 200, 100]
    at = [datetime.fromisoformat(line["timestamp"]) for line in batches]
    assert all(later - earlier >= timedelta(seconds=0.09) for earlier, later in pairwise(at)), at


@pytest.mark.survives("D26")
@pytest.mark.parametrize("workers", [1, 2])
async def test_a_second_signal_ends_the_node_at_once(
    roomy_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path, workers: int
) -> None:
    """D26: SIGTERM, then SIGINT a second later, long before the drain is over. Every process has ended within 2 s, and the exit code says
    by which signal."""
    async with node(servers_folder, roomy_postgres, frail_valkey, 30, WORKERS=str(workers)) as stage:
        pid = stage.service.process.pid
        os.kill(pid, signal.SIGTERM)
        _, code = await end_of(pid, 1.0)
        assert code is None
        os.kill(pid, signal.SIGINT)
        took_s, code = await end_of(pid, END_S)
        assert (took_s < 2.0, code) == (True, 128 + signal.SIGINT)


@pytest.mark.survives("D26", "M07")
async def test_a_node_whose_servers_are_silent_ends_in_time(
    roomy_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path
) -> None:
    """D26: PostgreSQL and Valkey are frozen, commands wait for them, sockets are open, and SIGTERM comes. Each socket is told and closed with
    1012, and the exit code is 0 within DRAIN_S and 20 s."""
    async with (
        node(servers_folder, roomy_postgres, frail_valkey, 1) as stage,
        guests(stage.service.url, stage.tokens, 50) as opened,
    ):
        calls = Calls(stage, [one for one in opened if not one.is_binary])
        with paused(roomy_postgres), paused(frail_valkey):
            await calls.begin(0, 20)
            await asyncio.sleep(0.3)
            os.kill(stage.service.process.pid, signal.SIGTERM)
            took_s, code = await end_of(stage.service.process.pid, END_S)
        assert (code, took_s < 21.0) == (0, True), (took_s, stage.service.log()[-3000:])
        assert {(one.code, len(one.told)) for one in opened} == {(1012, 1)}
        assert {one.status for one in await asyncio.gather(*calls.answers)} <= {503, 504}
