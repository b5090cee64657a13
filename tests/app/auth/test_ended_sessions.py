"""A node knows what has ended: also what commits late, also after an outage, and never more than it may hold."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.auth.ended_sessions import KEPT_S, EndedSessions
from app.auth.principal import Principal
from app.auth.session_ends import SessionEnds
from app.db.database import Database


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
