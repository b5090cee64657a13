"""The tables in the code are those of the migrations, and nodes that migrate at once wait for each other."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from app import product
from app.audit import tables as audit_tables
from app.broadcast import tables as broadcast_tables
from app.db import tables as schema_tables
from app.db.schema import compared
from app.development.servers import Postgres
from app.execution import tables as execution_tables
from tests.databases import new_database

TABLES = (audit_tables, broadcast_tables, execution_tables, schema_tables, *product.TABLES)
ENVIRONMENT = Path(__file__).parents[3] / "app" / "migrations" / "env.py"


async def test_autogenerate_finds_no_difference(migrated: str) -> None:
    """A table that was changed without a migration is a difference: `make migration msg=…` writes the step."""

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "include_name": compared(connection)}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))

    engine = create_async_engine(migrated)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_three_nodes_that_migrate_at_once_all_succeed(postgres: Postgres) -> None:
    url = await asyncio.to_thread(new_database, postgres, "at once")
    command = (sys.executable, "-m", "app", "migrate")
    nodes = [await asyncio.create_subprocess_exec(*command, env={**os.environ, "DATABASE_URL": url}) for _ in range(3)]
    assert await asyncio.gather(*(node.wait() for node in nodes)) == [0, 0, 0]


async def test_a_node_waits_while_another_one_migrates(postgres: Postgres) -> None:
    url = await asyncio.to_thread(new_database, postgres, "one waits")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    lock = int(re.findall(r"^LOCK = ([0-9_]+)$", ENVIRONMENT.read_text(), re.MULTILINE)[0])
    await connection.execute("SELECT pg_advisory_lock($1)", lock)
    node = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "migrate", env={**os.environ, "DATABASE_URL": url}
    )
    async with asyncio.timeout(30):
        while not await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database()))"
        ):
            assert node.returncode is None, "it did not wait"
            await asyncio.sleep(0.02)
    assert await connection.fetchval("SELECT to_regclass('audit_log')") is None
    await connection.execute("SELECT pg_advisory_unlock($1)", lock)
    assert await node.wait() == 0
    assert await connection.fetchval("SELECT to_regclass('audit_log')") is not None
    await connection.close()
