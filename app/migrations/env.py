"""Alembic's environment: every table of the service, one connection, one node at a time."""

from __future__ import annotations

import asyncio
import os

import asyncpg
from alembic import context
from sqlalchemy import Connection, delete, insert, inspect, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import SQLModel

from app import product
from app.addresses import postgres_url
from app.audit import tables as audit_tables
from app.auth import tables as auth_tables
from app.broadcast import tables as broadcast_tables
from app.db import tables as schema_tables
from app.db.schema import compared, served
from app.db.tables import SCHEMA_SERVED
from app.execution import tables as execution_tables

TABLES = (audit_tables, auth_tables, broadcast_tables, execution_tables, schema_tables, *product.TABLES)
LOCK = 7_283_551
"""Of the advisory lock that who migrates holds until COMMIT."""
LOCK_TIMEOUT = "1s"
"""For a lock on a table. While a step waits for one, every call that needs the table waits behind it; so it gives up, and who runs the steps
begins anew."""


def migrate(connection: Connection) -> None:
    """Two nodes that migrate at once wait for each other (D21). All steps are one transaction: either all are taken or
    none is."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        include_name=compared(connection),
    )
    with context.begin_transaction():
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()
        say_who_serves(connection)


def say_who_serves(connection: Connection) -> None:
    """For nodes of the release before, which do not know the steps that were taken. Where nothing has changed nothing is written."""
    if not inspect(connection).has_table(SCHEMA_SERVED.name):
        return
    now = served(context.script, context.get_context().get_current_heads())
    before = frozenset(connection.scalars(select(SCHEMA_SERVED.c.revision)))
    if now != before:
        connection.execute(delete(SCHEMA_SERVED))
        connection.execute(insert(SCHEMA_SERVED), [{"revision": name} for name in sorted(now)])


async def run() -> None:
    """asyncpg reads the URL itself, as it does for the service: SQLAlchemy knows none of the words that speak of TLS."""
    url = postgres_url(context.config.attributes.get("database_url") or os.environ["DATABASE_URL"])
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(run())
