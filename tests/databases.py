"""Databases of their own inside of a test's PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Protocol

import asyncpg


class Reached(Protocol):
    """A PostgreSQL by the URL of one of its databases."""

    @property
    def url(self) -> str: ...


def new_database(postgres: Reached, name: str) -> str:
    """An empty database; its URL as settings take it."""

    async def create() -> None:
        connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(create())
    return f"{postgres.url.rpartition('/')[0]}/{name}"
