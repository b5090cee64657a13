"""Who comes back hears what it missed, in order and once, or is told that it cannot: over other nodes, kills, floods and losses."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from app.development.servers import Postgres
from tests.faults.nodes import Nodes, named, two_nodes, write
from tests.faults.resuming import STREAM, Follower

LONG_NAME = "x" * 180


@pytest.fixture(scope="module")
def nodes(postgres: Postgres, servers_folder: Path) -> Iterator[Nodes]:
    with two_nodes(servers_folder / "resume", postgres, "resume") as running:
        yield running


@contextlib.asynccontextmanager
async def following(nodes: Nodes, count: int, *, is_slow: bool = False) -> AsyncIterator[list[Follower]]:
    """So many, half of them at each node."""
    both = (nodes.first, nodes.second)
    for node in both:
        await node.token("reader")  # While all nodes can give one.
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Follower(both, at=index, is_slow=is_slow)) for index in range(count)]


def _has_a_gap(follower: Follower) -> bool:
    return follower.gaps > 0


@pytest.mark.survives("D17")
async def test_a_client_that_was_cut_hears_over_the_other_node_what_it_missed_and_nothing_twice(nodes: Nodes) -> None:
    """Short absences, which a node remembers, and one of 300 events, which the stream does."""
    names, rng = named(400), random.Random(7)
    async with following(nodes, 4) as followers:
        for begin in range(0, 100, 10):
            await write(nodes.first, names[begin : begin + 10])
            for follower in rng.sample(followers, 2):
                follower.cut()
        for follower in followers:
            follower.is_away = True
            follower.cut()
        await write(nodes.second, names[100:])
        for follower in followers:
            follower.is_away = False
            await follower.hears(len(names))
            assert (follower.names, follower.faults, follower.gaps) == (names, [], 0)
            assert all(follower.recovered)
            assert follower.recovered


@pytest.mark.survives("M03", "D17")
async def test_a_node_is_killed_in_the_middle_and_its_clients_go_on_at_the_other(nodes: Nodes) -> None:
    """M03: kill -9 while events flow; every client ends with all of them, in order, each once."""
    names = named(300)
    async with following(nodes, 6) as followers:
        writing = asyncio.create_task(write(nodes.second, names))
        await followers[0].until(lambda: len(followers[0].names) > 60)
        nodes.first.process.kill()
        await writing
        nodes.first.process.start()
        for follower in followers:
            await follower.hears(len(names))
            assert (follower.names, follower.faults, follower.gaps) == (names, [], 0)


@pytest.mark.survives("D17", "M03")
async def test_a_node_that_is_behind_the_one_before_lets_its_client_wait_for_it(nodes: Nodes) -> None:
    """The client heard more at the other node than this one has read: nothing comes twice."""
    names = named(20)
    async with following(nodes, 1) as (follower,):
        os.kill(nodes.second.process.pid, signal.SIGSTOP)
        try:
            await write(nodes.first, names[:10])
            await follower.hears(10)
            follower.nodes = (nodes.second,)
            follower.cut()
            await asyncio.sleep(0.5)
        finally:
            os.kill(nodes.second.process.pid, signal.SIGCONT)
        await write(nodes.first, names[10:])
        await follower.hears(20)
        assert (follower.names, follower.faults, follower.gaps) == (names, [], 0)


@pytest.mark.survives("F02", "D17")
@pytest.mark.parametrize("loss", ["emptied", "replica", "trimmed"])
async def test_what_redis_lost_is_told_to_every_subscriber_and_nothing_is_silent(nodes: Nodes, loss: str) -> None:
    """F02: FLUSHALL, a failover to a replica that lags, and a history that ends before who was away: `recovered` is false, or
    `topic.missed` is said, and what is written afterwards is heard by all."""
    before, between, after = named(10), named(10), named(5)
    client = Redis.from_url(nodes.valkey.url)
    async with following(nodes, 4) as followers:
        away = followers[3]
        await write(nodes.first, before)
        for follower in followers:
            await follower.hears(10)
        older: Any = await client.dump(STREAM)
        away.is_away = True
        away.cut()
        await write(nodes.first, between)
        for follower in followers[:3]:
            await follower.hears(20)
        if loss == "emptied":
            await client.flushall()
        elif loss == "replica":
            await client.restore(STREAM, 3_600_000, older, replace=True)
        else:
            await client.xtrim(STREAM, maxlen=2, approximate=False)
            for node in (nodes.first, nodes.second):
                node.process.stop()
                node.process.start()
        if loss == "replica":
            for follower in followers[:3]:
                await follower.until(partial(_has_a_gap, follower))
        away.is_away = False
        await away.until(lambda: bool(away.recovered))
        await write(nodes.second, after)
        for follower in followers:
            await follower.hears_at_last(after)
            assert follower.faults == []
        assert away.gaps >= 1
        assert all(follower.gaps >= 1 for follower in followers) or loss == "trimmed"
    await client.aclose()


@pytest.mark.survives("M05", "D17")
async def test_who_reads_slowly_is_closed_and_resumes_without_a_gap(nodes: Nodes) -> None:
    """M05: 4430 is no loss: the client comes back where it was."""
    async with following(nodes, 1) as (quick,), following(nodes, 1, is_slow=True) as (slow,):
        names = [f"{name} {LONG_NAME}"[:200] for name in named(500)]
        await write(nodes.first, names)
        await quick.hears(len(names))
        await slow.hears(len(names), within_s=60)
        assert (slow.names, slow.faults, slow.gaps) == (names, [], 0)
