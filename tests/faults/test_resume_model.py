"""Whatever happens to nodes, sockets and Redis, each follower hears the reference log in order and once, or is told where something is missing.

The log is what was written into the outbox, one transaction after the other. What happens is drawn from the seed of the plan.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from app.development.servers import Postgres, Valkey, embedded_valkey
from generated.results import Artist, ArtistCreated
from generated.wire import EVENT_CODECS
from tests.databases import new_database
from tests.faults.history import connect
from tests.faults.nodes import several_nodes
from tests.faults.resuming import STREAM, Follower
from tests.running_service import RunningService

NODES = 3
PKG_ID = 1001
TURN_S = 0.05
PAUSE_S = (0.5, 2.5)
"""Between one thing that happens and the next."""
LEAST = 5
"""Of different things that happen, in any run."""
LAST_S = 90.0
"""For the last event to reach everybody, when nothing happens any more."""
INSERT = """
INSERT INTO event_outbox (topic, pkg_id, event)
SELECT 'artists', $1, event FROM unnest($2::bytea[]) WITH ORDINALITY AS given (event, number) ORDER BY number
"""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """Each `whole`-th follower follows the topic itself, the others one of so many artists each, in turn."""

    events: int
    per_s: int
    followers: int
    names: int
    whole: int
    is_lossy: bool
    """Redis loses data, too."""
    seed: int


@dataclass
class Scene:
    nodes: list[RunningService]
    valkey: Valkey
    database: str
    plan: Plan
    followers: list[Follower] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.rng = random.Random(self.plan.seed)
        self.log = [0] * self.plan.names
        """How many events each artist has; their numbers are dense."""

    # What may happen

    async def cut(self) -> None:
        for follower in self._some(3):
            follower.cut()

    async def send_away(self) -> None:
        gone = self._some(6)
        for follower in gone:
            follower.is_away = True
            follower.cut()
        await asyncio.sleep(self.rng.uniform(0.2, 3.0))
        for follower in gone:
            follower.is_away = False

    async def kill(self) -> None:
        node = self.rng.choice(self.nodes)
        node.process.kill()
        await asyncio.sleep(self.rng.uniform(0.0, 1.0))
        await asyncio.to_thread(node.process.start)

    async def restart(self) -> None:
        node = self.rng.choice(self.nodes)
        await asyncio.to_thread(node.process.stop)
        await asyncio.to_thread(node.process.start)

    async def freeze(self) -> None:
        pid = self.rng.choice(self.nodes).process.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(self.rng.uniform(0.5, 3.0))
        finally:
            os.kill(pid, signal.SIGCONT)

    async def empty(self) -> None:
        await self._ask_redis(lambda redis: redis.flushall())

    async def fall_back(self) -> None:
        """To what a replica that lags has."""
        older: Any = await self._ask_redis(lambda redis: redis.dump(STREAM))
        await asyncio.sleep(self.rng.uniform(0.2, 1.0))
        if older is not None:
            await self._ask_redis(lambda redis: redis.restore(STREAM, 3_600_000, older, replace=True))

    async def trim(self) -> None:
        await self._ask_redis(lambda redis: redis.xtrim(STREAM, maxlen=2, approximate=False))

    async def lose_redis(self) -> None:
        """With all that it had."""
        await asyncio.to_thread(self.valkey.stop)
        await asyncio.sleep(self.rng.uniform(0.0, 1.0))
        await asyncio.to_thread(self.valkey.start)

    # The run

    async def happen(self) -> None:
        """One thing after the other, each of which is over before the next; until the log is written."""
        kinds: list[Callable[[], Awaitable[None]]] = [self.cut, self.send_away, self.kill, self.restart, self.freeze]
        if self.plan.is_lossy:
            kinds += [self.empty, self.fall_back, self.trim, self.lose_redis]
        while not self.is_over:
            for kind in self.rng.sample(kinds, len(kinds)):
                if self.is_over:
                    break
                self.happened.append(kind.__name__)
                await kind()
                await asyncio.sleep(self.rng.uniform(*PAUSE_S))

    async def write(self, least: int) -> None:
        """At an even pace, one transaction in TURN_S, until all is written and so much has happened meanwhile."""
        loop, size = asyncio.get_running_loop(), max(1, round(self.plan.per_s * TURN_S))
        due = loop.time()
        async with connected(self.database) as connection:
            while sum(self.log) < self.plan.events or len(self.happened) < least:
                await self.tell(connection, [self.rng.randrange(self.plan.names) for _ in range(size)])
                due += TURN_S
                await asyncio.sleep(max(0.0, due - loop.time()))
        self.is_over = True

    async def tell(self, connection: asyncpg.Connection, artists: Sequence[int]) -> None:
        """One event of each, committed together, in this order."""
        events = []
        for artist in artists:
            self.log[artist] += 1
            events.append(event(artist, self.log[artist]))
        await connection.execute(INSERT, PKG_ID, events)

    def _some(self, part: int) -> list[Follower]:
        return self.rng.sample(self.followers, max(1, len(self.followers) // part))

    async def _ask_redis(self, ask: Callable[[Any], Awaitable[Any]]) -> Any:
        async with Redis.from_url(self.valkey.url) as client:
            return await ask(client)


def event(artist: int, number: int) -> bytes:
    told = Artist(
        id=artist + 1, name=f"{artist} {number}", bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1
    )
    return EVENT_CODECS[PKG_ID].encode_json(ArtistCreated(artist=told))


@asynccontextmanager
async def connected(database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(database)
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def scene(postgres: Postgres, folder: Path, plan: Plan) -> Iterator[Scene]:
    name = f"model_{uuid.uuid4().hex[:12]}"
    database = new_database(postgres, name)
    with (
        embedded_valkey(folder / name / "valkey") as valkey,
        several_nodes(folder / name, database, valkey.url, NODES) as nodes,
    ):
        yield Scene(nodes, valkey, database, plan)


def faults(follower: Follower, log: Sequence[int]) -> list[str]:
    """Where what it heard is not the log: doubled, out of order, or missing without a word."""
    found = list(follower.faults)
    heard, told_before, told = [0] * len(log), [0] * len(log), 0
    for index, name in enumerate(follower.names):
        artist, number = map(int, name.split(" "))
        told += index in follower.told_at
        if number <= heard[artist]:
            found.append(f"{name} after {heard[artist]}")
        elif number > heard[artist] + 1 and told_before[artist] == told:
            found.append(f"{name} after {heard[artist]}, without a word")
        heard[artist], told_before[artist] = number, told
    return found + [
        f"ends with {heard[one]} of {log[one]}" for one in artists_of(follower, log) if heard[one] != log[one]
    ]


def artists_of(follower: Follower, log: Sequence[int]) -> Sequence[int]:
    _, is_filtered, artist = follower.topic.partition("?artist.id=")
    return [int(artist) - 1] if is_filtered else range(len(log))


def has_the_end(follower: Follower, log: Sequence[int]) -> bool:
    last = f"{(artist := artists_of(follower, log)[-1])} {log[artist]}"
    return bool(follower.names) and follower.names[-1] == last


async def live(found: Scene, *, is_calm: bool = False) -> None:
    """Until everybody has heard the end of the log, which is told when nothing happens any more and all are there."""
    for node in found.nodes:
        await node.token("reader")
    plan = found.plan
    async with AsyncExitStack() as stack:
        for index in range(plan.followers):
            topic = "artists" if index % plan.whole == 0 else f"artists?artist.id={index % plan.names + 1}"
            follower = Follower(found.nodes, topic, at=index)
            found.followers.append(await stack.enter_async_context(follower))
        if is_calm:
            await found.write(0)
        else:
            await asyncio.gather(found.happen(), found.write(LEAST))
        async with asyncio.timeout(LAST_S), connected(found.database) as connection:
            while not all(follower.is_here for follower in found.followers):
                await asyncio.sleep(0.1)
            await found.tell(connection, range(plan.names))
            while not all(has_the_end(follower, found.log) for follower in found.followers):
                await asyncio.sleep(0.1)
        await asyncio.sleep(1.0)  # For those too many.


def wrong(found: Scene) -> dict[int, list[str]]:
    """By follower, the first few."""
    return {index: bad[:3] for index, one in enumerate(found.followers) if (bad := faults(one, found.log))}


@pytest.mark.survives("D17", "F02", "M03")
@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(2_000, 200, 60, 10, 10, is_lossy=True, seed=1), id="2,000 events, 60 sockets"),
        pytest.param(
            Plan(100_000, 250, 900, 30, 90, is_lossy=True, seed=2), id="100,000 events, 900 sockets",
            marks=[pytest.mark.long, pytest.mark.timeout(1500)],
        ),
        pytest.param(
            Plan(50_000, 150, 120, 30, 12, is_lossy=False, seed=3), id="50,000 events, nothing lost",
            marks=[pytest.mark.long, pytest.mark.timeout(900)],
        ),
    ],
)  # fmt: skip
def test_every_follower_hears_the_log_or_is_told_where_something_is_missing(
    postgres: Postgres, servers_folder: Path, plan: Plan
) -> None:
    """Three nodes, and sockets that follow a topic or one name of it, while sockets are cut and sent away, nodes are killed, restarted and
    frozen, and Redis is emptied, restarted without data, trimmed and set back to a replica that lags: no event is heard twice, none out
    of order, and none is missing without a word. Where Redis loses nothing, nothing is missing."""
    with scene(postgres, servers_folder, plan) as found:
        asyncio.run(live(found))
    assert wrong(found) == {}, found.happened
    assert len(set(found.happened)) >= LEAST
    assert plan.is_lossy or not any(follower.gaps for follower in found.followers), found.happened


@pytest.mark.survives("M01", "D17")
@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(Plan(200, 50, 60, 1, 1, is_lossy=False, seed=4), id="200 messages, 60 sockets"),
        pytest.param(
            Plan(1_000, 20, 900, 1, 1, is_lossy=False, seed=5), id="1,000 messages, 900 sockets",
            marks=[pytest.mark.long, pytest.mark.timeout(600)],
        ),
    ],
)  # fmt: skip
def test_m01_each_socket_of_three_nodes_hears_each_message_once(
    postgres: Postgres, servers_folder: Path, plan: Plan
) -> None:
    """M01 (D17): sockets at three nodes follow one topic, and nothing happens but its messages: each has them all, in order, once, without
    coming back."""
    with scene(postgres, servers_folder, plan) as found:
        asyncio.run(live(found, is_calm=True))
    assert wrong(found) == {}
    assert not any(follower.gaps or follower.recovered for follower in found.followers)
