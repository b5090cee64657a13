"""The product's steps of the schema go forward, back, and forward again."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import asyncpg

from app.development.servers import Postgres
from tests.databases import new_database

TABLES = ["author", "book"]
SHAPE = """
SELECT relname || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relname = ANY($1) AND attnum > 0
UNION ALL SELECT pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relname = ANY($1)
UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = ANY($1)
"""


def migrate(url: str, *words: str) -> None:
    command = [sys.executable, "-m", "app", "migrate", *words]
    subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)


def shape(url: str) -> list[str]:
    """Columns, constraints and indexes of the product's tables, in words."""

    async def asked() -> list[str]:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            return sorted(row[0] for row in await connection.fetch(SHAPE, TABLES))
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_forward_back_and_forward_again(postgres: Postgres) -> None:
    url = new_database(postgres, "steps")
    migrate(url)
    made = shape(url)
    assert "FOREIGN KEY (author_id) REFERENCES author(id)" in made
    migrate(url, "downgrade", "product@base", "--yes")
    assert shape(url) == []
    migrate(url)
    assert shape(url) == made
