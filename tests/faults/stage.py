"""A service of its own on servers that a test may stop, with proxies between them, a crowd of users, and their tokens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.development.servers import Postgres, Valkey
from tests.faults.history import connect
from tests.faults.proxy import Proxy
from tests.load.requests import tokens, write_realm
from tests.running_service import RunningService


@dataclass
class Stage:
    """`database_url` is the owner's and goes straight to PostgreSQL; the service goes through `database` and `redis`.

    `tokens` are of the users `u0`, `u1` …, which may read and write authors.
    """

    service: RunningService
    postgres: Postgres
    valkey: Valkey
    database_url: str
    role: str
    database: Proxy
    redis: Proxy
    tokens: list[str]

    @property
    def port(self) -> int:
        return self.service.port

    async def sql(self, *statements: str) -> None:
        """As the owner."""
        connection = await connect(self.database_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def staged(
    folder: Path, postgres: Postgres, valkey: Valkey, *, users: int = 4, is_proxied: bool = True, **settings: str
) -> AsyncIterator[Stage]:
    """Its database is new and belongs to a role that is no superuser, as in production."""
    name = f"stage_{uuid.uuid4().hex[:12]}"
    owner = await connect(postgres.url)
    await owner.execute(f"CREATE ROLE {name} LOGIN")
    await owner.execute(f"CREATE DATABASE {name} OWNER {name}")
    await owner.close()
    database_url = f"{postgres.url.rpartition('/')[0]}/{name}"
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Proxy(postgres.port))
        redis = await stack.enter_async_context(Proxy(valkey.port))
        url, redis_url = database_url.replace("postgres@", f"{name}@"), valkey.url
        if is_proxied:
            url = url.replace(f":{postgres.port}/", f":{database.port}/")
            redis_url = redis_url.replace(f":{valkey.port}/", f":{redis.port}/")
        realm = write_realm(folder / f"{name}.json", users)
        service = RunningService(folder / name, url, redis_url, realm=realm, access_s=900, origins=(), **settings)
        await asyncio.to_thread(service.__enter__)
        stack.push_async_callback(asyncio.to_thread, service.__exit__, None, None, None)
        crowd = await tokens(service.issuer.url, [f"u{number}" for number in range(users)])
        yield Stage(service, postgres, valkey, database_url, name, database, redis, crowd)
