"""Databases of their own inside of a test's PostgreSQL."""

from __future__ import annotations

import asyncio

import asyncpg

from app.development.servers import Postgres


def new_database(postgres: Postgres, name: str) -> str:
    """An empty database; its URL as settings take it."""

    async def create() -> None:
        connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    return f"{postgres.url.rpartition('/')[0]}/{name}"
