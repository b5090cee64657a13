"""Servers that the tests here may stop, freeze and kill, and nodes on them, which each test gives back running."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from app.development.servers import Postgres, Valkey, embedded_postgres, embedded_valkey, free_port
from tests.databases import new_database
from tests.faults.stage import Stage, staged
from tests.faults.traffic import warm
from tests.running_service import RunningService


@pytest.fixture(scope="session")
def frail_postgres(servers_folder: Path) -> Iterator[Postgres]:
    with embedded_postgres(servers_folder / "frail-postgres") as server:
        yield server


@pytest.fixture(scope="session")
def frail_valkey(servers_folder: Path) -> Iterator[Valkey]:
    with embedded_valkey(servers_folder / "frail-valkey") as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def direct_stage(frail_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path) -> AsyncIterator[Stage]:
    settings = {"ADMIN_PORT": str(free_port())}
    async with staged(servers_folder, frail_postgres, frail_valkey, is_proxied=False, **settings) as ready:
        yield ready


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def proxied_stage(frail_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path) -> AsyncIterator[Stage]:
    async with staged(servers_folder, frail_postgres, frail_valkey, is_proxied=True) as ready:
        yield ready


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def strict_stage(frail_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path) -> AsyncIterator[Stage]:
    settings = {"RATE_LIMIT_SCALE": "1"}
    async with staged(servers_folder, frail_postgres, frail_valkey, is_proxied=False, **settings) as ready:
        yield ready


@pytest_asyncio.fixture(loop_scope="session")
async def direct(direct_stage: Stage) -> Stage:
    """Limits are wide."""
    await direct_stage.reset()
    await warm(direct_stage)
    return direct_stage


@pytest_asyncio.fixture(loop_scope="session")
async def proxied(proxied_stage: Stage) -> Stage:
    """Limits are wide; PostgreSQL and Redis are behind proxies."""
    await proxied_stage.reset()
    await warm(proxied_stage)
    return proxied_stage


@pytest_asyncio.fixture(loop_scope="session")
async def strict(strict_stage: Stage) -> Stage:
    """Limits are the contract's."""
    await strict_stage.reset()
    await warm(strict_stage)
    return strict_stage


@pytest.fixture(scope="session")
def pair_valkey(servers_folder: Path) -> Iterator[Valkey]:
    with embedded_valkey(servers_folder / "pair-valkey") as server:
        yield server


@pytest.fixture(scope="session")
def pair(
    servers_folder: Path, postgres: Postgres, pair_valkey: Valkey
) -> Iterator[tuple[RunningService, RunningService]]:
    """Two nodes of one issuer, with the contract's own limits. Who uses them is of the group `pair`."""
    database, folder, limits = new_database(postgres, "pair"), servers_folder / "pair", "1"
    first = RunningService(folder / "first", database, pair_valkey.url, RATE_LIMIT_SCALE=limits)
    second = RunningService(folder / "second", database, pair_valkey.url, issuer=first.issuer, RATE_LIMIT_SCALE=limits)
    with first, second:
        yield first, second
