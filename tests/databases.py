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
    asyncio.run(_told(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return f"{postgres.url.rpartition('/')[0]}/{name}"


def dropped(postgres: Reached, name: str) -> None:
    """Whoever is connected to it."""
    asyncio.run(_told(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _told(postgres: Reached, statement: str) -> None:
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()
