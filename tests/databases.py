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
    return copy_of(postgres, "template1", name)


def copy_of(postgres: Reached, template: str, name: str) -> str:
    """A database as `template` is, to which nobody may be connected."""

    async def create() -> None:
        connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        await connection.close()

    asyncio.run(create())
    return f"{postgres.url.rpartition('/')[0]}/{name}"
