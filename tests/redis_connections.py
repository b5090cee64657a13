"""Pipelined connections for tests, run by a supervisor of their own as the service runs its."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.db.pipelined_redis import RedisConnection
from app.db.redis_connections import make_connection
from app.supervision.supervisor import Supervisor, Work

UP_S = 10.0


@asynccontextmanager
async def connected(url: str, **options: Any) -> AsyncIterator[RedisConnection]:
    """A connection that is up, as the URL asks for one."""
    connection = make_connection(url, **options)
    async with running(connection.run):
        await until_up(connection)
        yield connection


@asynccontextmanager
async def running(*work: Work) -> AsyncIterator[None]:
    """Background work for the length of a test."""
    supervisor = Supervisor()
    for each in work:
        supervisor.start(getattr(each, "__qualname__", "work"), each)
    try:
        yield
    finally:
        await supervisor.stop()


async def until_up(connection: RedisConnection) -> None:
    async with asyncio.timeout(UP_S):
        while not connection.is_up:
            await asyncio.sleep(0.01)
