"""A node knows what has ended: also what commits late, also after an outage, and never more than it may hold."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.auth.ended_sessions import KEPT_S, EndedSessions
from app.auth.principal import Principal
from app.auth.session_ends import SessionEnds
from app.auth.unproven import TokenSession
from app.db.database import Database
from app.db.server_clock import ServerClock
from app.development.servers import Postgres
from app.execution.cursor import TTL_S, CursorSeal, Position
from generated.errors import CursorInvalid
from tests.faults.proxy import Mode, Proxy
from tests.redis_connections import running


def caller(sid: str | None = None, sub: str = "u", issued_at: float = 0.0) -> Principal:
    return Principal("https://iss", sub, "ada", sid, frozenset(), time.time() + 300, issued_at)


def name() -> str:
    return uuid.uuid4().hex


@pytest.fixture
async def connection(migrated: str) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    yield opened
    await opened.close()


async def test_what_was_there_at_the_start_is_known_and_so_is_what_comes(database: Database) -> None:
    ends, first, second, sub = SessionEnds(), name(), name(), name()
    await ends.end_session(database, first)
    known = EndedSessions(database)
    assert not known.is_loaded
    await known.look()
    assert known.is_loaded
    assert known.has_ended(caller(first))
    assert not known.has_ended(caller(second))
    await ends.end_session(database, second)
    await ends.end_sessions_of(database, sub)
    await known.look()
    assert known.has_ended(caller(second))
    assert known.has_ended(caller(name(), sub, time.time() - 5))
    assert not known.has_ended(caller(name(), sub, time.time() + 5)), "a session that began later"
    assert not known.has_ended(caller(None))


async def test_a_row_whose_transaction_commits_after_a_later_one_is_not_missed(
    database: Database, connection: asyncpg.Connection
) -> None:
    late, soon = name(), name()
    known = EndedSessions(database)
    begun = connection.transaction()
    await begun.start()
    await connection.execute("INSERT INTO ended_session (sid) VALUES ($1)", late)
    await SessionEnds().end_session(database, soon)
    await known.look()
    await known.look()
    assert (known.has_ended(caller(soon)), known.has_ended(caller(late))) == (True, False)
    await begun.commit()
    await known.look()
    assert known.has_ended(caller(late))


async def test_only_what_is_new_is_told(database: Database) -> None:
    told: list[int] = []
    known = EndedSessions(database)
    known.on_ended = lambda: told.append(1)
    sid = name()
    await known.look()
    told.clear()
    await known.look()
    assert told == []
    await SessionEnds().end_session(database, sid)
    await known.look()
    await known.look()
    assert told == [1]


async def test_another_database_in_the_same_place_is_read_as_a_whole(
    database: Database, connection: asyncpg.Connection
) -> None:
    """One that was restored counts its transactions anew."""
    sid = name()
    known = EndedSessions(database)
    await known.look()
    known._seen_until += 10**9
    await connection.execute("INSERT INTO ended_session (sid, xid) VALUES ($1, 3)", sid)
    await known.look()
    assert known.has_ended(caller(sid))


async def test_beyond_what_a_node_may_hold_the_oldest_are_forgotten(database: Database) -> None:
    ends, names = SessionEnds(), [name() for _ in range(8)]
    known = EndedSessions(database, max_known=5)
    await known.look()
    for each in names:
        await ends.end_session(database, each)
        await known.look()
    assert [known.has_ended(caller(each)) for each in names] == [False] * 3 + [True] * 5


async def test_what_is_older_than_a_day_is_over(database: Database, connection: asyncpg.Connection) -> None:
    old, young = name(), name()
    add = "INSERT INTO ended_session (sid, at) VALUES ($1, now() - make_interval(secs => $2))"
    await connection.execute(add, old, KEPT_S + 5.0)
    await connection.execute(add, young, KEPT_S - 60.0)
    known = EndedSessions(database)
    await known.look()
    await known._purge()
    assert (known.has_ended(caller(old)), known.has_ended(caller(young))) == (False, True)
    assert await connection.fetchval("SELECT count(*) FROM ended_session WHERE sid = $1", old) == 0
    assert await connection.fetchval("SELECT count(*) FROM ended_session WHERE sid = $1", young) == 1


async def test_a_subject_is_ended_for_good_since_a_refresh_token_may_live_for_years(
    database: Database, connection: asyncpg.Connection
) -> None:
    sub = name()
    add = "INSERT INTO ended_session (subject, at) VALUES ($1, now() - make_interval(secs => $2))"
    await connection.execute(add, sub, KEPT_S + 5.0)
    await EndedSessions(database)._purge()
    assert await SessionEnds().has_ended(database, TokenSession(name(), sub, int(time.time()) - 2 * KEPT_S))
    assert not await SessionEnds().has_ended(database, TokenSession(name(), sub, int(time.time())))


@pytest.mark.survives("F10")
@pytest.mark.parametrize("wrong_s", [-3600.0, 90.0])
async def test_f10_what_ends_by_time_ends_by_the_database_s_on_every_node(database: Database, wrong_s: float) -> None:
    """F10 (D23): the clock of a node is wrong by minutes, or is set back by an hour. It judges ends of cursors, and of what it
    remembers, by PostgreSQL's time all the same, within seconds of every other node."""
    own = [time.time() + wrong_s]
    known = EndedSessions(database, clock=ServerClock(wall=lambda: own[0]))
    await known.look()
    seal = CursorSeal(b"secret", known.clock)
    right = CursorSeal(b"secret", time.time)
    assert right.open(seal.seal(Position(1, 2), "ada"), "ada") == Position(1, 2)
    old = CursorSeal(b"secret", lambda: time.time() - TTL_S - 5).seal(Position(1, 2), "ada")
    with pytest.raises(CursorInvalid):
        seal.open(old, "ada")
    own[0] -= 3600
    assert abs(known.clock() - time.time()) < 5


async def test_a_database_that_goes_dark_within_a_look_is_asked_again_on_another_connection(
    postgres: Postgres, migrated: str, connection: asyncpg.Connection
) -> None:
    """D14: nothing tells of a host that has gone; each look has an end."""
    sid = name()
    async with Proxy(postgres.port) as proxy:
        database = Database(migrated.replace(f":{postgres.port}/", f":{proxy.port}/"), 2)
        known = EndedSessions(database, every_s=0.05, look_s=0.5)
        with capture_logs() as logs:
            async with running(known.rounds.work), asyncio.timeout(30):
                while not known.is_loaded:
                    await asyncio.sleep(0.01)
                await proxy.switch(Mode.SILENT)
                while not logs:
                    await asyncio.sleep(0.01)
                await connection.execute("INSERT INTO ended_session (sid) VALUES ($1)", sid)
                await proxy.switch(Mode.FORWARD)
                while not known.has_ended(caller(sid)):
                    await asyncio.sleep(0.01)
        await database.close()
    assert [one["event"] for one in logs] == ["database.slow_statement", "sessions.not_read"]
