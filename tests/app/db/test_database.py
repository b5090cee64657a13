"""Reads give their connection back whatever happens, and PostgreSQL's refusals are errors of the catalogue."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from sqlalchemy import func, literal, select, text

from app.db.database import Database
from app.db.statements import compile_statement
from generated.errors import ApiError, ChangedMeanwhile, InvalidData, Unavailable

ONE = compile_statement(select(literal(1).label("n")))
SLEEP = compile_statement(select(func.pg_sleep(text("5"))))


def all_free(database: Database) -> bool:
    return (database.pool.free, database.pool.leased, database.pool.pending) == (database.pool.size, 0, 0)


async def idle(database: Database) -> None:
    async with asyncio.timeout(5):
        while not all_free(database):
            await asyncio.sleep(0.01)


async def test_a_read_gives_its_connection_back(database: Database) -> None:
    rows = await asyncio.gather(*(database.fetch(ONE) for _ in range(50)))
    assert all(row[0]["n"] == 1 for row in rows)
    assert database.pool.leased == 0
    await idle(database)  # One that was being opened for a wait which has ended is still to come.


async def test_with_all_connections_taken_a_wait_ends_as_unavailable(database: Database) -> None:
    taken = [await database.pool.take() for _ in range(4)]
    with pytest.raises(Unavailable) as refused:
        await database.fetch(ONE)
    assert refused.value.retry_after_s
    assert await database.fault() is None, "the probe has a connection of its own"
    for connection in taken:
        database.pool.give_back(connection)
    assert (await database.fetch(ONE))[0]["n"] == 1


@pytest.mark.survives("D21")
async def test_connections_that_postgresql_ended_cost_nobody_a_call(database: Database) -> None:
    """After a restart of PostgreSQL the connections that were idle are replaced before they are used."""
    taken = [await database.pool.take() for _ in range(4)]
    pids = [await connection.fetchval("SELECT pg_backend_pid()") for connection in taken]
    for connection in taken:
        database.pool.give_back(connection)
    other = await database.connect_alone()
    await other.fetch("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids)
    await other.close()
    async with asyncio.timeout(5):
        while not all(connection.is_closed() for connection in taken):
            await asyncio.sleep(0.01)
    rows = await asyncio.gather(*(database.fetch(ONE) for _ in range(8)))
    assert all(row[0]["n"] == 1 for row in rows)


async def test_a_cancelled_read_costs_no_connection(database: Database) -> None:
    for _ in range(6):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await database.fetch(SLEEP)
    await idle(database)
    assert all(await asyncio.gather(*(database.fetch(ONE) for _ in range(4))))


async def test_a_database_that_is_away_is_unavailable_and_not_an_error() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", 1)
    assert await database.fault()
    with pytest.raises(Unavailable):
        await database.fetch(ONE)
    await database.close()


async def test_a_value_that_postgresql_cannot_hold_is_the_callers(database: Database) -> None:
    too_large = compile_statement(text("SELECT CAST(:n AS integer)"))
    with pytest.raises(InvalidData):
        await database.fetch(too_large, n=2**40)
    await idle(database)


async def test_a_connection_of_its_own_takes_none_of_the_pool_s_and_has_its_own_settings(database: Database) -> None:
    alone = await database.connect_alone({"application_name": "alone"}, answer_s=0.2)
    taken = [await database.pool.take() for _ in range(4)]
    assert await alone.fetchval("SHOW application_name") == "alone"
    assert await taken[0].fetchval("SHOW application_name") == "stele"
    with pytest.raises(TimeoutError):
        await alone.execute("SELECT pg_sleep(5)")
    alone.terminate()
    for connection in taken:
        database.pool.give_back(connection)


async def test_a_connection_of_its_own_to_a_database_that_is_away_is_unavailable() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", 1)
    with pytest.raises(Unavailable):
        await database.connect_alone(answer_s=1.0)
    await database.close()


@pytest.mark.survives("D21")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("40001", Unavailable),
        ("40P01", Unavailable),
        ("42501", Unavailable),
        ("42P01", Unavailable),
        ("53100", Unavailable),
        ("53300", Unavailable),
        ("55P03", Unavailable),
        ("57014", Unavailable),
        ("58030", Unavailable),
        ("25006", Unavailable),
        ("22003", InvalidData),
        ("23505", asyncpg.UniqueViolationError),
        ("P0001", ApiError),
    ],
)
async def test_what_postgresql_refuses_is_an_error_of_the_catalogue(
    database: Database, state: str, expected: type[Exception]
) -> None:
    """PostgreSQL refuses with any SQLSTATE: what is temporary is `unavailable` with `Retry-After`, never `internal`."""
    raising = compile_statement(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"))
    with pytest.raises(expected) as refused:
        await database.fetch(raising)
    if isinstance(refused.value, Unavailable):
        assert refused.value.retry_after_s
    assert not isinstance(refused.value, ChangedMeanwhile)
    await idle(database)
    assert (await database.fetch(ONE))[0]["n"] == 1
