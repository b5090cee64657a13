"""A row of an ended session has its time and its transaction from PostgreSQL, and a logout token says it once."""

from __future__ import annotations

import asyncpg
import pytest

from app.auth.tables import ENDED_SESSION

ADD = "INSERT INTO ended_session (sid, token_id) VALUES ('s', $1) RETURNING xid, at = now() AS is_now"


async def test_postgresql_says_when_and_by_whom(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    async with connection.transaction():
        rows = [await connection.fetchrow(ADD, None) for _ in range(2)]
        xid = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
    assert [(row["xid"], row["is_now"]) for row in rows] == [(xid, True)] * 2
    await connection.close()


async def test_a_token_s_id_is_there_once(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute("INSERT INTO ended_session (sid, token_id) VALUES ('s', 'once')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO ended_session (sid, token_id) VALUES ('t', 'once')")
    await connection.close()


def test_what_is_asked_is_found_by_an_index() -> None:
    found = {column.name for index in ENDED_SESSION.indexes for column in index.columns}
    assert found == {"xid", "at", "sid", "subject", "token_id"}
