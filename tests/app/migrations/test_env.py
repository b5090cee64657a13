"""The tables in the code are those of the migrations, and nodes that migrate at once wait for each other."""

from __future__ import annotations

import asyncio
import os
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.audit import tables as audit_tables
from app.db.database import make_engine
from app.development.servers import Postgres
from app.execution import tables as execution_tables
from app.features.authors import tables as author_tables
from tests.databases import new_database

TABLES = (audit_tables, author_tables, execution_tables)


async def test_autogenerate_finds_no_difference(migrated: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    engine = make_engine(migrated, 1)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_three_nodes_that_migrate_at_once_all_succeed(postgres: Postgres) -> None:
    url = await asyncio.to_thread(new_database, postgres, "at once")
    command = (sys.executable, "-m", "app.migrations", "upgrade")
    nodes = [await asyncio.create_subprocess_exec(*command, env={**os.environ, "DATABASE_URL": url}) for _ in range(3)]
    assert await asyncio.gather(*(node.wait() for node in nodes)) == [0, 0, 0]
