"""Old answers are deleted in batches, young ones stay, and nobody waits (D4)."""

from __future__ import annotations

import asyncio
import uuid
from urllib.parse import urlsplit

import asyncpg
import pytest

from app.db.database import Database
from app.execution.purge import BATCH, AnswerPurge
from app.supervision.supervisor import Supervisor
from tests.faults.proxy import Mode, Proxy
from tests.redis_connections import running

FILL = """
INSERT INTO stored_answer (subject, operation, key, fingerprint, answer, at)
SELECT $1, 'o', n::text, '', '', now() - $3::interval FROM generate_series(1, $2::int) n
"""
COUNT = "SELECT count(*) FROM stored_answer WHERE subject = $1"


@pytest.fixture
def subject() -> str:
    return uuid.uuid4().hex


async def connect(migrated: str) -> asyncpg.Connection:
    return await asyncpg.connect(migrated.replace("+asyncpg", ""))


async def fill(connection: asyncpg.Connection, subject: str, count: int, age: str) -> None:
    text = FILL.replace("$3::interval", f"interval '{age}'")
    await connection.execute(text, subject, count)


async def test_more_than_a_batch_of_old_answers_go_and_the_young_ones_stay(
    database: Database, migrated: str, subject: str
) -> None:
    connection = await connect(migrated)
    await fill(connection, subject, 2 * BATCH + 7, "24 hours")
    await fill(connection, f"{subject} young", 5, "23 hours 59 minutes")
    assert await AnswerPurge(database).purge() >= 2 * BATCH + 7
    assert await connection.fetchval(COUNT, subject) == 0
    assert await connection.fetchval(COUNT, f"{subject} young") == 5
    assert await AnswerPurge(database).purge() == 0
    await connection.close()


async def test_a_row_that_another_node_deletes_is_not_waited_for(
    database: Database, migrated: str, subject: str
) -> None:
    connection = await connect(migrated)
    await fill(connection, subject, 3, "2 days")
    async with connection.transaction():
        await connection.execute("DELETE FROM stored_answer WHERE subject = $1 AND key = '1'", subject)
        async with asyncio.timeout(5):
            await AnswerPurge(database).purge()
        other = await connect(migrated)
        assert await other.fetchval(COUNT, subject) == 1
        await other.close()
    assert await connection.fetchval(COUNT, subject) == 0
    await connection.close()


async def test_the_task_works_again_and_again_and_outlives_a_lost_connection(migrated: str, subject: str) -> None:
    own = Database(migrated, 2)
    connection = await connect(migrated)
    supervisor = Supervisor()
    supervisor.start("answer-purge", AnswerPurge(own, every_s=0.05).rounds.work)
    try:
        for _ in range(2):
            await fill(connection, subject, 10, "3 days")
            async with asyncio.timeout(10):
                while await connection.fetchval(COUNT, subject):
                    await asyncio.sleep(0.02)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'stele'"
            )
        assert supervisor.failing == ()
    finally:
        await supervisor.stop()
        await own.close()
        await connection.close()


@pytest.mark.survives("D14")
async def test_a_database_that_goes_dark_within_a_purge_is_asked_again_on_another_connection(
    migrated: str, subject: str
) -> None:
    """D14: nothing tells of a host that has gone: a purge that waits for it has an end, its connection goes, and the next one purges."""
    connection, port = await connect(migrated), urlsplit(migrated).port or 0
    async with Proxy(port) as proxy:
        own = Database(migrated.replace(f":{port}/", f":{proxy.port}/"), 1)
        purge = AnswerPurge(own, every_s=0.05, within_s=0.5)
        async with running(purge.rounds.work), asyncio.timeout(30):
            while not own.pool.free or own.pool.leased:
                await asyncio.sleep(0.01)
            await proxy.switch(Mode.SILENT)
            while purge.rounds.fault != "it is silent":
                await asyncio.sleep(0.01)
            await fill(connection, subject, 3, "2 days")
            await proxy.switch(Mode.FORWARD)
            while await connection.fetchval(COUNT, subject):
                await asyncio.sleep(0.02)
        assert purge.rounds.fault is None
        await own.close()
    await connection.close()
