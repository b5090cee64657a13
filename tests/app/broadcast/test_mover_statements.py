"""One session holds a topic; rows are read in order, deleted one by one, counted and timed."""

from __future__ import annotations

import asyncpg
import pytest

from app.broadcast.mover_statements import MAX_COUNTED, MoverStatements
from app.db.statement_clock import StatementClock
from generated.errors import InvalidData, Unavailable

ADD = "INSERT INTO event_outbox (topic, pkg_id, event, at) VALUES ($1, 1001, '{}', now() - interval '7 seconds')"


async def test_one_session_holds_a_topic_and_the_next_one_s_token_is_greater(
    raw: asyncpg.Connection, migrated: str
) -> None:
    statements = MoverStatements(10, StatementClock())
    other = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    first = await statements.claim(raw, "a")
    assert first > 0
    assert await statements.claim(other, "a") == 0
    assert await statements.claim(other, "b") > 0
    await raw.execute("SELECT pg_advisory_unlock_all()")
    assert await statements.claim(other, "a") > first
    await other.close()


async def test_only_the_topic_s_rows_are_read_in_order_and_only_those_named_are_deleted(
    raw: asyncpg.Connection,
) -> None:
    statements = MoverStatements(3, StatementClock())
    for topic in "abababab":
        await raw.execute(ADD, topic)
    ids = [row["id"] for row in await statements.read(raw, "a")]
    assert ids == sorted(ids)
    assert len(ids) == 3
    await statements.delete(raw, "a", [ids[0], ids[2]])
    assert (await statements.read(raw, "a"))[0]["id"] == ids[1]
    assert len(await statements.read(raw, "a")) == 2
    await statements.delete(raw, "b", ids)
    assert await raw.fetchval("SELECT count(*) FROM event_outbox WHERE topic = 'b'") == 4


async def test_depth_and_age_are_of_all_topics_and_zero_without_rows(raw: asyncpg.Connection) -> None:
    statements = MoverStatements(3, StatementClock())
    assert await statements.measure(raw) == (0, 0.0)
    for topic in ("a", "b", "no topic of ours"):
        await raw.execute(ADD, topic)
    rows, age_s = await statements.measure(raw)
    assert rows == 3
    assert 7 <= age_s < 60


async def test_the_age_is_that_of_the_oldest_topic_however_many_rows_another_has(raw: asyncpg.Connection) -> None:
    """More rows than are counted wait in one topic; the old one is of a later topic, and of one that no contract names."""
    many = "INSERT INTO event_outbox (topic, pkg_id, event) SELECT 'a', 1001, '{}' FROM generate_series(1, $1)"
    await raw.execute(many, MAX_COUNTED + 10)
    await raw.execute(ADD, "no topic of ours")
    rows, age_s = await MoverStatements(3, StatementClock()).measure(raw)
    await raw.execute("TRUNCATE event_outbox")
    assert rows == MAX_COUNTED
    assert 7 <= age_s < 60


async def test_what_may_be_asked_again_later_is_unavailable_and_the_rest_is_not(
    raw: asyncpg.Connection, migrated: str
) -> None:
    statements = MoverStatements(3, StatementClock())
    other = await asyncpg.connect(migrated.replace("+asyncpg", ""), server_settings={"statement_timeout": "100"})
    async with raw.transaction():
        await raw.execute("LOCK event_outbox")
        with pytest.raises(Unavailable):
            await statements.read(other, "a")
    await raw.execute("SELECT pg_terminate_backend($1)", other.get_server_pid())
    with pytest.raises(Unavailable):
        await statements.read(other, "a")
    with pytest.raises(Unavailable):
        await statements.delete(other, "a", [1])
    with pytest.raises(InvalidData):
        await statements.read(raw, "a\x00")
