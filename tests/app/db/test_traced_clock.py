"""Each statement of a request is a span by its name; one that fails says which kind of failure, and never a value."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import bindparam, func, select, text

from app.db.database import Database
from app.db.statements import compile_statement
from app.db.traced_clock import TracedClock
from app.db.transaction import Transaction
from generated.errors import ApiError
from tests.app.telemetry.traces.heard import Heard

NAP = compile_statement(select(func.pg_sleep(bindparam("nap_s")), text("'sesame'")), name="nap")
WRONG = compile_statement(text("SELECT 1/0"), name="wrong")
TAKEN = compile_statement(text("INSERT INTO alembic_version SELECT version_num FROM alembic_version"), name="taken")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def database(migrated: str, heard: Heard) -> AsyncIterator[Database]:
    one = Database(migrated, 1, clock=TracedClock(heard))
    yield one
    await one.close()


async def test_a_transaction_is_its_statements_in_their_order(database: Database, heard: Heard) -> None:
    transaction = Transaction(database)
    await transaction.fetch(NAP, nap_s=0.0)
    await transaction.commit()
    await database.execute_many(NAP, [{"nap_s": 0.0}, {"nap_s": 0.0}])
    assert [one.name for one in heard.spans] == ["begin", "nap", "commit", "nap"]
    assert {(one.ends, one.failure) for one in heard.spans} == {(1, None)}
    assert heard.spans[1].facts == {"db.system.name": "postgresql", "db.query.summary": "nap"}


async def test_a_failure_has_its_kind_and_postgresql_s_code(database: Database, heard: Heard) -> None:
    with pytest.raises(ApiError):
        await database.fetch(WRONG)
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.fetch(TAKEN)
    late = asyncio.create_task(database.fetch(NAP, nap_s=30.0))
    while len(heard.spans) < 3:
        await asyncio.sleep(0.001)
    late.cancel()
    await asyncio.wait([late])
    codes = [one.facts.get("db.response.status_code") for one in heard.spans]
    assert codes == ["22012", "23505", None]
    assert [one.failure for one in heard.spans][1:] == ["constraint", "cancelled"]
    assert {one.ends for one in heard.spans} == {1}


async def test_what_is_not_told_runs_all_the_same(database: Database, heard: Heard) -> None:
    heard.is_told = False
    assert len(await database.fetch(NAP, nap_s=0.0)) == 1
