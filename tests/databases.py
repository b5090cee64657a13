"""Databases of their own inside of a test's PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import asyncpg

TEMPLATE = "TEST_DATABASE_TEMPLATE"
"""Names the variable with the URL of a database that has every table, on a server which runs: who runs many short sessions of tests spares each
its own server."""


class Reached(Protocol):
    """A PostgreSQL by the URL of one of its databases."""

    @property
    def url(self) -> str: ...


def new_database(postgres: Reached, name: str) -> str:
    """An empty database; its URL as settings take it."""
    return copy_of(postgres, "template1", name)


def migrated_database(postgres: Reached, name: str) -> str:
    """A database with every table, to which nobody is connected; its URL as settings take it."""
    url = new_database(postgres, name)
    subprocess.run([sys.executable, "-m", "app", "migrate"], env={**os.environ, "DATABASE_URL": url}, check=True)
    return url


@dataclass(frozen=True, slots=True)
class _Server:
    url: str


@contextmanager
def copied(template: str) -> Iterator[str]:
    """The URL of a database as the one at `template` is, to which nobody may be connected; dropped when the block ends."""
    server, _, name = template.rpartition("/")
    postgres, copy = _Server(f"{server}/postgres"), f"copy {uuid.uuid4().hex}"
    try:
        yield copy_of(postgres, name, copy)
    finally:
        dropped(postgres, copy)


def copy_of(postgres: Reached, template: str, name: str) -> str:
    """A database as `template` is, to which nobody may be connected."""
    asyncio.run(told(postgres, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return f"{postgres.url.rpartition('/')[0]}/{name}"


def dropped(postgres: Reached, name: str) -> None:
    """Whoever is connected to it."""
    asyncio.run(told(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def told(postgres: Reached, statement: str) -> None:
    """One statement, outside of a transaction."""
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()
