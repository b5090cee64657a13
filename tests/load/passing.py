"""What one event costs each program that it passes, in processor time: the node that moves it, a node that hands it to its followers, a node
where nobody follows, PostgreSQL, and Redis.

Three nodes, no other load. Rows are put into the outbox by SQL, up to 1,000 a second, so that no call is in the figures; what the programs spend
while nothing happens is subtracted. `python -m tests.load.passing` prints it alone; `make bench` prints it, too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import uvloop

from app.development.servers import embedded_postgres, embedded_valkey
from generated.results import Artist, ArtistCreated
from generated.wire import EVENT_CODECS
from tests.load.client import frame, upgrade
from tests.load.sockets import Socket, open_many
from tests.running_service import RunningService
from tests.spent import cpu_s

SECONDS = 5.0
TURN_S = 0.05
TURNS = round(SECONDS / TURN_S)
EVENTS_PER_S, PUSHES_PER_S = 1_000, 40_000
"""At most: of the more followers there are the fewer events are told."""
FOLLOWERS = (0, 1, 100, 1000)
PKG_ID = 1001
ANSWER_S = 30.0
SUBSCRIBE = b'{"type":"subscribe","topics":["artists"]}'
INSERT = "INSERT INTO event_outbox (topic, pkg_id, event) SELECT 'artists', $1, $2 FROM generate_series(1, $3)"


@dataclass(frozen=True)
class Programs:
    """By what they do: processes of which the time is added up."""

    mover: RunningService
    follower: RunningService
    idle: RunningService
    postgres: int
    valkey: int

    def spent_s(self, ours: int) -> dict[str, float]:
        """`ours` is the server process of whoever fills the outbox."""
        return {
            "mover": cpu_s(self.mover.process.pid),
            "followers' node": cpu_s(self.follower.process.pid),
            "idle node": cpu_s(self.idle.process.pid),
            "PostgreSQL": sum(cpu_s(pid) for pid in _family(self.postgres) if pid != ours),
            "Valkey": cpu_s(self.valkey),
        }


def _family(pid: int) -> list[int]:
    """The process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


@contextmanager
def programs() -> Iterator[tuple[Programs, str]]:
    """And the database's URL. The first node to start is the one that moves."""
    with tempfile.TemporaryDirectory(prefix="stele-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = stack.enter_context(embedded_postgres(folder / "postgres"))
        valkey = stack.enter_context(embedded_valkey(folder / "valkey"))
        mover = stack.enter_context(RunningService(folder / "mover", postgres.url, valkey.url))
        follower, idle = (
            stack.enter_context(RunningService(folder / name, postgres.url, valkey.url, issuer=mover.issuer))
            for name in ("follower", "idle")
        )
        yield Programs(mover, follower, idle, postgres.pid, valkey.pid), postgres.url.replace("+asyncpg", "")


class Heard:
    """The bytes that came to all followers."""

    def __init__(self) -> None:
        self.size = 0

    def hear(self, data: bytes) -> None:
        self.size += len(data)

    async def until(self, size: int) -> None:
        async with asyncio.timeout(ANSWER_S):
            while self.size < size:
                await asyncio.sleep(0.01)


async def _fill(connection: asyncpg.Connection, data: bytes, per_turn: int) -> None:
    """At an even pace."""
    begun = time.perf_counter()
    for turn in range(TURNS):
        await connection.execute(INSERT, PKG_ID, data, per_turn)
        await asyncio.sleep(max(0.0, begun + (turn + 1) * TURN_S - time.perf_counter()))


async def until_moved(connection: asyncpg.Connection) -> None:
    async with asyncio.timeout(ANSWER_S):
        while await connection.fetchval("SELECT EXISTS (SELECT FROM event_outbox)"):
            await asyncio.sleep(0.05)


async def _costs(found: Programs, url: str, followers: int) -> dict[str, float]:
    """Microseconds per event, by program."""
    connection = await asyncpg.connect(url)
    ours, data = connection.get_server_pid(), sample_event()
    heard, sockets = Heard(), list[Socket]()
    per_turn = round(min(EVENTS_PER_S, PUSHES_PER_S / max(1, followers)) * TURN_S)
    try:
        if followers:
            token = await found.follower.token("admin")
            greeting = upgrade("/web", {"Authorization": f"Bearer {token}"})
            sockets = await open_many(found.follower.port, greeting, followers, heard.hear)
            for socket in sockets:
                socket.send(frame(SUBSCRIBE, binary=False))
        await asyncio.sleep(2.0)
        at_rest = await _spent_while(found, ours, lambda: asyncio.sleep(SECONDS))

        heard.size = 0

        async def pass_all() -> None:
            await _fill(connection, data, per_turn)
            await heard.until(TURNS * per_turn * followers * len(data))
            await until_moved(connection)

        passing = await _spent_while(found, ours, pass_all)
    finally:
        for socket in sockets:
            socket.close()
        await connection.close()
    return {name: (passing[name] - at_rest[name]) / (TURNS * per_turn) * 1e6 for name in passing}


async def _spent_while(found: Programs, ours: int, act: Callable[[], Awaitable[None]]) -> dict[str, float]:
    before = found.spent_s(ours)
    await act()
    after = found.spent_s(ours)
    return {name: after[name] - before[name] for name in before}


def sample_event() -> bytes:
    now = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    artist = Artist(id=7, name="Ada Lovelace", bio="x" * 100, born_on=None, created_at=now, updated_at=now, version=1)
    return EVENT_CODECS[PKG_ID].encode_json(ArtistCreated(artist=artist))


async def _measure() -> dict[int, dict[str, float]]:
    with programs() as (found, url):
        return {followers: await _costs(found, url, followers) for followers in FOLLOWERS}


def measure() -> dict[int, dict[str, float]]:
    """By the number of followers, all at one node."""
    return uvloop.run(_measure())


def table(found: dict[int, dict[str, float]]) -> str:
    names = list(next(iter(found.values())))
    lines = [f"{'CPU µs per event, followers':32}" + "".join(f"{name:>18}" for name in names)]
    for followers, costs in found.items():
        lines.append(f"{followers:<32}" + "".join(f"{costs[name]:18.1f}" for name in names))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure()))
    sys.exit(0)
