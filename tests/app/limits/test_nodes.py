"""Nodes count each other while Redis lives, and keep the count while it does not."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from app.db.pipelined_redis import PipelinedConnection, RedisConnection, RedisUnavailable
from app.development.servers import Valkey
from app.limits.nodes import BEAT_S, EXPIRY_S, KEPT_COUNTS, Nodes
from tests.redis_connections import connected, running


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[RedisConnection]:
    async with connected(valkey.url) as opened:
        yield opened


@pytest.fixture
def prefix() -> str:
    return f"test:{uuid.uuid4().hex}"


async def test_every_node_counts_every_other(connection: RedisConnection, prefix: str) -> None:
    nodes = [Nodes(connection, prefix=prefix) for _ in range(3)]
    for _ in range(2):
        for node in nodes:
            await node.beat()
    assert [node.count() for node in nodes] == [3, 3, 3]


async def test_nobody_is_counted_who_has_shown_no_sign_of_life(connection: RedisConnection, prefix: str) -> None:
    node, gone = Nodes(connection, prefix=prefix), Nodes(connection, prefix=prefix)
    await gone.beat()
    await node.beat()
    assert node.count() == 2
    seconds, _ = await connection.ask("TIME")
    await connection.ask("ZADD", f"{prefix}:nodes", int(seconds) * 1000 - round(EXPIRY_S * 1000) - 1000, gone._name)
    for _ in range(KEPT_COUNTS):
        await node.beat()
    assert node.count() == 1
    assert await connection.ask("ZCARD", f"{prefix}:nodes") == 1


async def test_a_redis_that_lost_its_data_gives_no_node_the_share_of_the_others(
    connection: RedisConnection, prefix: str
) -> None:
    nodes = [Nodes(connection, prefix=prefix) for _ in range(2)]
    for node in (*nodes, *nodes):
        await node.beat()
    await connection.ask("DEL", f"{prefix}:nodes")
    await nodes[0].beat()
    assert nodes[0].count() == 2
    assert KEPT_COUNTS * BEAT_S >= EXPIRY_S, "the others have shown themselves by then"


async def test_the_keys_end_with_the_nodes(connection: RedisConnection, prefix: str) -> None:
    await Nodes(connection, prefix=prefix).beat()
    assert 0 < await connection.ask("PTTL", f"{prefix}:nodes") <= EXPIRY_S * 1000


async def test_without_redis_the_last_count_stands_and_the_work_goes_on(prefix: str) -> None:
    node = Nodes(PipelinedConnection("redis://127.0.0.1:9"), at_first=4, prefix=prefix)
    with pytest.raises(RedisUnavailable):
        await node.beat()
    async with running(node.run):
        await asyncio.sleep(0.3)
        assert node.count() == 4


async def test_a_node_that_runs_is_seen(connection: RedisConnection, prefix: str) -> None:
    watching, running_node = Nodes(connection, prefix=prefix), Nodes(connection, prefix=prefix)
    async with running(running_node.run), asyncio.timeout(5):
        while watching.count() != 2:
            await watching.beat()
            await asyncio.sleep(0.05)
