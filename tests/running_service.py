"""A service that runs for tests as users run it: `python -m app serve` in its own process beside a development issuer. Where
CONTRACT_FACTS is set, what its callers see of the contract is noted there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2

from app.development.keycloak import Keycloak
from app.development.launcher import Issuer, Service
from app.development.servers import free_port
from tests.observed import OBSERVED


class RunningService:
    """`start` and `kill` may be repeated; data stays in the database. `realm` is another realm's file; `origins` are allowed
    beside its own. An `issuer` that is given is started and stopped by who gives it. `tree` is another project, whose service runs; `module`
    is run instead of `app serve`."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        redis_url: str,
        *,
        realm: Path | None = None,
        access_s: int = 300,
        origins: tuple[str, ...] = (),
        issuer: Issuer | Keycloak | None = None,
        tree: Path | None = None,
        module: str | None = None,
        **settings: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        options = ("--access-s", str(access_s), *(("--realm", str(realm)) if realm else ()))
        self.issuer = issuer or Issuer(folder / "issuer", os.environ, *options)
        self._owns_issuer = issuer is None
        self.port = port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "ENV": "development",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "KEYCLOAK_URL": self.issuer.url,
            "SIGNING_SECRET": "a test's own secret of enough characters",
            "ORIGINS": ",".join((self.url, *origins)),
            "RATE_LIMIT_SCALE": "1000",
            "LOG_FORMAT": "json",
        } | settings
        command = ("tests.observed",) if OBSERVED in self.environment else ("app", "serve")
        if module is not None:
            command = (module,)
        self._tree = tree
        if tree is not None:
            command = ("tests.elsewhere", str(tree), *command)
        self.process = Service(folder / "server", self.url, self.environment, is_shown=False, command=command)
        self._tokens: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> Self:
        try:
            if self._owns_issuer:
                self.issuer.start()
            command = [sys.executable, "-m", "app", "migrate"]
            subprocess.run(command, env=self.environment, cwd=self._tree, check=True)
            self.process.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()
        if self._owns_issuer:
            self.issuer.stop()

    async def token(self, user: str) -> str:
        """An access token with half of its life before it; a user logs in no more often than that."""
        token, until = self._tokens.get(user, ("", 0.0))
        if time.monotonic() >= until:
            async with httpx2.AsyncClient(trust_env=False) as client:
                body = {"username": user, "password": user}
                answer = await client.post(f"{self.url}/auth/login", json=body)
                answer.raise_for_status()
            token = answer.json()["access_token"]
            self._tokens[user] = token, time.monotonic() + answer.json()["expires_in"] / 2
        return token

    def forget(self, user: str) -> None:
        """A token that is over is not handed out again."""
        self._tokens.pop(user, None)

    async def sockets(self) -> int:
        """How many it counts as open."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False) as client:
            lines = (await client.get("/metrics")).text.splitlines()
        return int(float(next(line for line in lines if line.startswith("stele_sockets ")).split()[1]))

    async def has_no_sockets(self, within_s: float = 10) -> None:
        """Until those that earlier tests have left are counted out: what is counted next is the test's own."""
        async with asyncio.timeout(within_s):
            while await self.sockets():
                await asyncio.sleep(0.05)

    def log(self) -> str:
        return self.process.log.read_text(errors="replace")


@asynccontextmanager
async def started(service: RunningService) -> AsyncIterator[RunningService]:
    """Started and stopped beside the running loop, which serves something that the service needs."""
    await asyncio.to_thread(service.__enter__)
    try:
        yield service
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)
