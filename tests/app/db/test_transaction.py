"""A transaction is all or nothing, and whoever stops waiting for its end loses no connection."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from app.db.database import Database
from app.db.statements import compile_statement
from app.db.transaction import Misuse, Transaction
from app.execution.tables import STORED_ANSWER
from generated.errors import Unavailable

COUNT = compile_statement(select(func.count().label("n")).select_from(STORED_ANSWER))
SLEEP = compile_statement(select(func.pg_sleep(text("5"))))
ADD = compile_statement(
    STORED_ANSWER.insert().values(subject="s", operation="o", key=func.gen_random_uuid(), fingerprint=b"")
)


async def count(database: Database) -> int:
    row = await database.fetchrow(COUNT)
    return int(row["n"]) if row else -1


async def idle(database: Database) -> None:
    pool = database.pool
    async with asyncio.timeout(5):
        while (pool.free, pool.leased, pool.pending) != (pool.size, 0, 0):
            await asyncio.sleep(0.01)


async def test_a_transaction_is_seen_after_its_commit_and_never_after_its_rollback(database: Database) -> None:
    before = await count(database)
    for is_kept in (True, False):
        transaction = Transaction(database)
        await transaction.execute(ADD)
        assert await count(database) == before + (0 if is_kept else 1)
        await (transaction.commit() if is_kept else transaction.rollback())
    assert await count(database) == before + 1


async def test_a_transaction_without_a_statement_takes_no_connection(database: Database) -> None:
    taken = [await database.pool.take() for _ in range(4)]
    transaction = Transaction(database)
    await transaction.commit()
    await transaction.rollback()
    for connection in taken:
        database.pool.give_back(connection)


async def test_a_commit_that_postgresql_refuses_is_unavailable_and_leaves_nothing(database: Database) -> None:
    transaction = Transaction(database)
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
    await idle(database)


async def test_a_row_that_another_transaction_holds_is_unavailable(database: Database) -> None:
    await database.execute(ADD)
    held = select(STORED_ANSWER.c.key).with_for_update(nowait=True)
    first, second = Transaction(database), Transaction(database)
    await first.fetch(compile_statement(held))
    with pytest.raises(Unavailable):
        await second.fetch(compile_statement(held))
    await first.rollback()
    await second.rollback()


SLOW_COMMIT = """
CREATE TABLE slow_commit (n int);
CREATE FUNCTION sleep_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow_commit DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION sleep_at_commit();
"""


@pytest.mark.survives("D14")
async def test_who_stops_waiting_for_a_commit_does_not_stop_it(database: Database) -> None:
    """The caller goes away, or its deadline passes, during COMMIT: the COMMIT runs to its end, its connection comes back."""
    connection = await database.connect_alone()
    await connection.execute(SLOW_COMMIT)
    transaction = Transaction(database)
    await transaction.execute(compile_statement(text("INSERT INTO slow_commit VALUES (1)")))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await transaction.commit()
    await idle(database)
    assert await connection.fetchval("SELECT count(*) FROM slow_commit") == 1
    await connection.execute("DROP TABLE slow_commit; DROP FUNCTION sleep_at_commit")
    await connection.close()


async def test_an_abandoned_transaction_leaves_nothing(database: Database) -> None:
    before = await count(database)
    transaction = Transaction(database)
    await transaction.execute(ADD)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await transaction.execute(SLEEP)
    transaction.abandon()
    await idle(database)
    assert await count(database) == before


async def test_a_connection_that_died_while_idle_is_replaced_before_anything_runs(database: Database) -> None:
    taken = await database.pool.take()
    pid = await taken.fetchval("SELECT pg_backend_pid()")
    database.pool.give_back(taken)
    other = await database.connect_alone()
    await other.fetchval("SELECT pg_terminate_backend($1)", pid)
    await other.close()
    transaction = Transaction(database)
    await transaction.execute(ADD)
    await transaction.rollback()


@pytest.mark.parametrize("begins_before", [True, False])
async def test_two_statements_at_once_are_refused_and_cost_no_connection(
    database: Database, begins_before: bool
) -> None:
    """As a handler's `asyncio.gather` would run them, which PostgreSQL cannot."""
    transaction = Transaction(database)
    if begins_before:
        await transaction.execute(ADD)
    ended = await asyncio.gather(*(transaction.execute(ADD) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in ended] == [type(None), Misuse, Misuse]
    await transaction.rollback()
    await idle(database)


async def test_a_statement_after_the_end_is_refused_and_costs_no_connection(database: Database) -> None:
    for ends in (Transaction.commit, Transaction.rollback):
        for begins_before in (True, False):
            transaction = Transaction(database)
            if begins_before:
                await transaction.execute(ADD)
            await ends(transaction)
            with pytest.raises(Misuse):
                await transaction.execute(ADD)
            await ends(transaction)
    await idle(database)


async def test_an_end_while_another_task_begins_leaves_nothing_behind(database: Database) -> None:
    """A task that the handler has left running asks for its connection when the runner has committed."""
    taken = [await database.pool.take() for _ in range(4)]
    transaction, before = Transaction(database), int(await taken[0].fetchval(COUNT.sql))
    late = asyncio.create_task(transaction.execute(ADD))
    await asyncio.sleep(0.01)
    await transaction.commit()
    for connection in taken:
        database.pool.give_back(connection)
    with pytest.raises(Misuse):
        await late
    await idle(database)
    assert await count(database) == before
