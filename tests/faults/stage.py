"""A service of its own on servers that a test may stop, with proxies between them, a crowd of users, and their tokens."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.development.servers import Postgres, Valkey
from tests.faults.history import connect
from tests.faults.proxy import Mode, Proxy
from tests.faults.sabotage import ROWS, TRIGGERS
from tests.load.requests import tokens, write_realm
from tests.running_service import RunningService

USERS = 51


@dataclass
class Stage:
    """`database_url` is the owner's and goes straight to PostgreSQL; a proxied service goes through `database` and `redis`.

    `tokens` are of the users `u0`, `u1` …, which may read and write artists; `powerless` is of one who may nothing.
    """

    service: RunningService
    postgres: Postgres
    valkey: Valkey
    database_url: str
    role: str
    database: Proxy
    redis: Proxy
    tokens: list[str]
    powerless: str
    is_warm: bool = False

    @property
    def port(self) -> int:
        return self.service.port

    def crowd(self, first: int, last: int) -> Stage:
        """The same stage for some of the users."""
        return replace(self, tokens=self.tokens[first:last])

    async def sql(self, *statements: str) -> None:
        """As the owner."""
        connection = await connect(self.database_url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def reset(self) -> None:
        """Before a test: networks forward, the table is small, and a node that an earlier test broke is replaced."""
        for proxy in (self.database, self.redis):
            proxy.latency_s = 0.0
            await proxy.switch(Mode.FORWARD)
        await self.sql(ROWS)
        if not await self._is_ready():
            await asyncio.to_thread(self.service.process.kill)
            await asyncio.to_thread(self.service.process.start)
            self.is_warm = False

    async def _is_ready(self) -> bool:
        process = self.service.process
        return process.is_running() and await asyncio.to_thread(process.is_ready)


@asynccontextmanager
async def staged(
    folder: Path, postgres: Postgres, valkey: Valkey, *, is_proxied: bool, **settings: str
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
        realm = write_realm(folder / f"{name}.json", USERS)
        service = RunningService(
            folder / name, url, redis_url, realm=realm, access_s=7200, origins=(), issuer=None, tree=None, **settings
        )
        await asyncio.to_thread(service.__enter__)
        stack.push_async_callback(asyncio.to_thread, service.__exit__, None, None, None)
        *crowd, powerless = await tokens(service.issuer.url, [*(f"u{number}" for number in range(USERS)), "nobody"])
        stage = Stage(service, postgres, valkey, database_url, name, database, redis, crowd, powerless)
        await stage.sql(TRIGGERS)
        yield stage
