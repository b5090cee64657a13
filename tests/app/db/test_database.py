"""Connections are held, replaced when broken and never waited for without end; a transaction is all or nothing."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, literal, select, text

from app.db.database import Database, make_engine
from app.db.statements import compile_statement
from app.execution.tables import STORED_ANSWER
from generated.errors import Unavailable

ONE = compile_statement(select(literal(1).label("n")))
SLEEP = compile_statement(select(func.pg_sleep(text("5"))))
COUNT = compile_statement(select(func.count().label("n")).select_from(STORED_ANSWER))
ADD = compile_statement(
    STORED_ANSWER.insert().values(subject="s", operation="o", key=func.gen_random_uuid(), fingerprint=b"")
)


async def count(database: Database) -> int:
    row = await database.fetchrow(COUNT)
    return int(row["n"]) if row else -1


async def test_a_read_gives_its_connection_back(database: Database) -> None:
    rows = await asyncio.gather(*(database.fetch(ONE) for _ in range(50)))
    assert all(row[0]["n"] == 1 for row in rows)
    assert await database.ping()


async def test_with_all_connections_taken_a_wait_ends_as_unavailable(database: Database) -> None:
    taken = [await database.take() for _ in range(4)]
    with pytest.raises(Unavailable) as refused:
        await database.fetch(ONE)
    assert refused.value.retry_after_s
    for connection in taken:
        database.put(connection)
    assert await database.ping()


async def test_a_connection_that_postgresql_ended_is_replaced(database: Database) -> None:
    connection = await database.take()
    pid = await connection.fetchval("SELECT pg_backend_pid()")
    other = await database.take()
    await other.fetch("SELECT pg_terminate_backend($1)", pid)
    database.put(other)
    database.put(connection)
    answers = [await database.ping() for _ in range(8)]
    assert answers.count(False) <= 1
    assert all(answers[2:])


async def test_a_cancelled_query_costs_no_connection(database: Database) -> None:
    for _ in range(6):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await database.fetch(SLEEP)
    assert all(await asyncio.gather(*(database.ping() for _ in range(4))))


async def test_a_transaction_is_seen_after_its_commit_and_never_after_its_rollback(database: Database) -> None:
    before = await count(database)
    for is_kept in (True, False):
        transaction = database.transaction()
        await transaction.execute(ADD)
        assert await count(database) == before + (0 if is_kept else 1)
        await (transaction.commit() if is_kept else transaction.rollback())
    assert await count(database) == before + 1


async def test_a_transaction_without_a_statement_takes_no_connection(database: Database) -> None:
    taken = [await database.take() for _ in range(4)]
    transaction = database.transaction()
    await transaction.commit()
    await transaction.rollback()
    for connection in taken:
        database.put(connection)


async def test_a_database_that_is_away_is_unavailable_and_not_an_error() -> None:
    database = Database(make_engine("postgresql+asyncpg://nobody@127.0.0.1:9/none", 1), 1)
    assert not await database.ping()
    with pytest.raises(Unavailable):
        await database.fetch(ONE)
    await database.close()


async def test_a_connection_of_its_own_takes_none_of_the_pool_s_and_has_its_own_settings(database: Database) -> None:
    alone = await database.connect_alone({"application_name": "alone"}, answer_s=0.2)
    taken = [await database.take() for _ in range(4)]
    assert await alone.fetchval("SHOW application_name") == "alone"
    assert await taken[0].fetchval("SHOW application_name") == "stele"
    with pytest.raises(TimeoutError):
        await alone.execute("SELECT pg_sleep(5)")
    alone.terminate()
    for connection in taken:
        database.put(connection)


async def test_a_connection_of_its_own_to_a_database_that_is_away_is_unavailable() -> None:
    database = Database(make_engine("postgresql+asyncpg://nobody@127.0.0.1:9/none", 1), 1)
    with pytest.raises(Unavailable):
        await database.connect_alone({}, answer_s=1.0)
    await database.close()


async def test_a_connection_given_back_inside_of_a_transaction_is_not_handed_out_again(database: Database) -> None:
    connection = await database.take()
    await connection.execute("BEGIN")
    database.put(connection)
    assert connection.is_closed()
    taken = [await database.take() for _ in range(4)]
    assert connection not in taken
    for one in taken:
        database.put(one)


async def test_who_waits_gets_the_connection_that_comes_back(database: Database) -> None:
    taken = [await database.take() for _ in range(4)]
    waiting = asyncio.create_task(database.take())
    await asyncio.sleep(0)
    database.put(taken[0])
    assert await waiting is taken[0]
    for connection in taken:
        database.put(connection)


async def test_a_commit_that_postgresql_refuses_is_unavailable_and_leaves_nothing(database: Database) -> None:
    transaction = database.transaction()
    await transaction.execute(
        compile_statement(text("CREATE TABLE refused (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
    )
    await transaction.execute(compile_statement(text("INSERT INTO refused VALUES (1), (1)")))
    with pytest.raises(Unavailable):
        await transaction.commit()
    await transaction.rollback()
    row = await database.fetchrow(compile_statement(text("SELECT to_regclass('refused') AS found")))
    assert row is not None
    assert row["found"] is None
    assert all(await asyncio.gather(*(database.ping() for _ in range(4))))


async def test_a_row_that_another_transaction_holds_is_unavailable(database: Database) -> None:
    await database.execute(ADD)
    held = select(STORED_ANSWER.c.key).with_for_update(nowait=True)
    first, second = database.transaction(), database.transaction()
    await first.fetch(compile_statement(held))
    with pytest.raises(Unavailable):
        await second.fetch(compile_statement(held))
    await first.rollback()
    await second.rollback()
