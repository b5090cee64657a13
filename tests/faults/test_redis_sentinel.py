"""A node on a Redis that sentinels watch: its master is killed, and another one takes its place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.development.servers import Postgres
from tests.databases import new_database
from tests.faults.nodes import named, write
from tests.faults.resuming import Follower
from tests.redis_servers import Watched, client, until, watched_pair
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def watched(servers_folder: Path) -> Iterator[Watched]:
    with watched_pair(servers_folder / "watched") as servers:
        yield servers


@pytest.fixture(scope="module")
def node(watched: Watched, postgres: Postgres, servers_folder: Path) -> Iterator[RunningService]:
    database = new_database(postgres, "watched")
    with RunningService(servers_folder / "on-sentinel", database, watched.url) as running:
        yield running


async def login(http: httpx2.AsyncClient) -> int:
    """Of a bucket that is closed without Redis."""
    answer = await http.post("/auth/login", json={"username": "reader", "password": "reader"})
    return answer.status_code


@pytest.mark.survives("F02")
async def test_f02_a_master_that_is_killed_is_followed_by_its_replica(watched: Watched, node: RunningService) -> None:
    """F02 (D20): the master is killed (-9) while artists are created. Every call is answered, limits are local meanwhile; after the
    failover, within the sentinels' time, Redis is used again, and events are heard in order: those of before, if the replica had them,
    and all from then on."""
    before, meanwhile, after = named(20), named(40), named(10)
    await node.token("reader")
    async with httpx2.AsyncClient(base_url=node.url, trust_env=False) as http, Follower((node,)) as follower:
        await write(node, before)
        await follower.hears(len(before))
        assert await asyncio.to_thread(client(watched.first).wait, 1, 10_000) == 1
        await asyncio.to_thread(watched.first.kill)
        await write(node, meanwhile)
        assert (await http.get("/readyz")).status_code == 204
        await asyncio.to_thread(until, lambda: client(watched.second).info("replication")["role"] == "master")
        async with asyncio.timeout(30):
            while await login(http) != 200:
                await asyncio.sleep(0.1)
        await write(node, after)
        await follower.hears_at_last(after)
        assert follower.faults == []
        assert set(Counter(follower.names).values()) == {1}
        assert (follower.names, follower.gaps) == (before + meanwhile + after, 0)
