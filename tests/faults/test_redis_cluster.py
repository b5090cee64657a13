"""Two nodes on a Redis Cluster of three masters: what they promise on one Redis, while a slot moves, and without one of the masters."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from app.auth.principal import Principal
from app.auth.tickets import Tickets
from app.broadcast.presence import LEASE_S
from app.broadcast.presence_store import PresenceStore, Read
from app.commands.tail import streams
from app.db.pipelined_redis import RedisConnection, RedisUnavailable
from app.development.servers import Postgres
from app.limits.nodes import Nodes as NodeCount
from app.limits.redis_limiter import RedisLimiter
from app.limits.user_sockets import UserSockets
from generated.operations import BUCKETS, Bucket
from tests.databases import new_database
from tests.faults.nodes import named, write
from tests.faults.resuming import Follower
from tests.faults.topic_lines import create, line, rename
from tests.redis_connections import connected
from tests.redis_servers import Cluster, embedded_cluster
from tests.running_service import RunningService

PLAIN, NAMED = "stele:{artists}:stream", "stele:{artists/{artist.id}}:stream"
"""Streams of two topics, which two masters have."""
OF_EACH_MASTER = ("a", "b", "c")
WITHIN_S = 30.0
Pair = tuple[RunningService, RunningService]


@pytest.fixture(scope="module")
def cluster(servers_folder: Path) -> Iterator[Cluster]:
    with embedded_cluster(servers_folder / "cluster") as servers:
        yield servers


@pytest.fixture(scope="module")
def nodes(cluster: Cluster, postgres: Postgres, servers_folder: Path) -> Iterator[Pair]:
    database, folder = new_database(postgres, "on_a_cluster"), servers_folder / "on-a-cluster"
    first = RunningService(folder / "first", database, cluster.url)
    second = RunningService(folder / "second", database, cluster.url, issuer=first.issuer)
    with first, second:
        yield first, second


@asynccontextmanager
async def two_connections(cluster: Cluster) -> AsyncIterator[tuple[RedisConnection, RedisConnection]]:
    """To all masters."""
    async with connected(cluster.url) as first, connected(cluster.url) as second:
        for one in (first, second):
            for key in OF_EACH_MASTER:
                await until_answered(one, key)
        yield first, second


async def until_answered(connection: RedisConnection, key: str) -> None:
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(RedisUnavailable):
                await connection.ask("GET", key)
                return
            await asyncio.sleep(0.01)


async def passed(bucket: Bucket, limiters: Sequence[RedisLimiter]) -> dict[str, int]:
    """How many calls of each of nine new users pass, who all call at all nodes at once, twice as often as they may."""
    users = [uuid.uuid4().hex for _ in range(9)]
    found: Counter[str] = Counter()
    for _ in range(bucket.limit):
        permits = await asyncio.gather(*(one.take(bucket, user) for user in users for one in limiters))
        callers = (user for user in users for _ in limiters)
        found.update(user for user, permit in zip(callers, permits, strict=True) if permit.allowed)
    return dict(found)


async def test_limits_are_exact_over_nodes_and_masters(cluster: Cluster) -> None:
    """Each user gets the limit, and not one call more. A machine that stands still is as a silent Redis, and proves nothing: then all
    is done again."""
    bucket, downs = BUCKETS["writes"], [0]
    async with two_connections(cluster) as both, asyncio.timeout(4 * WITHIN_S):
        limiters = [RedisLimiter(one, on_down=lambda: downs.append(downs[-1] + 1)) for one in both]
        while True:
            before = downs[-1]
            counts = await passed(bucket, limiters)
            if downs[-1] == before:
                break
    assert list(counts.values()) == [bucket.limit] * 9


async def test_a_ticket_is_taken_once_whichever_master_has_it(cluster: Cluster) -> None:
    reader = Principal("https://a.example/realms/stele", "id-1", "reader", "sid-1", frozenset(), time.time() + 300)
    async with two_connections(cluster) as (first, second):
        here, there = Tickets(first), Tickets(second)
        tickets = [await here.issue(reader, None) for _ in range(30)]
        taken = await asyncio.gather(*(one.redeem(ticket, None) for ticket in tickets for one in (here, there)))
        assert [one is not None for one in taken].count(True) == len(tickets)
        assert await asyncio.gather(*(there.redeem(ticket, None) for ticket in tickets)) == [None] * len(tickets)


async def test_who_enters_at_one_node_is_present_at_the_other_whichever_master_has_the_name(cluster: Cluster) -> None:
    """Names of every master; between two changes the store is asked whether it answers at all."""
    async with two_connections(cluster) as both:
        here, there = (PresenceStore(one, lease_s=LEASE_S) for one in both)
        for name in OF_EACH_MASTER:
            await here.sync(name, [("ann", True)], None, stays=True, may_sweep=False)
            await there.touch()
            answer = await there.sync(name, [], Read(), stays=False, may_sweep=False)
            assert answer.changes == [("ann", True)]


async def test_sockets_of_many_users_are_counted_over_all_masters(cluster: Cluster) -> None:
    """A renewal names users of every slot; the nodes count each other by one key."""
    users, prefix = [f"user {number}" for number in range(300)], uuid.uuid4().hex
    async with two_connections(cluster) as (first, second):
        here, there = UserSockets(first, most=1, prefix=prefix), UserSockets(second, most=1, prefix=prefix)
        assert all(await asyncio.gather(*(here.enter(user) for user in users)))
        await here.tell()
        assert not any(await asyncio.gather(*(there.enter(user) for user in users)))
        here.withdraw()
        await here.tell()
        assert all(await asyncio.gather(*(there.enter(user) for user in users)))
        counts = [NodeCount(one, prefix=prefix) for one in (first, second)]
        for one in counts:
            await one.beat()
        assert counts[1].count() == 2


async def log_in_anew(nodes: Pair) -> None:
    """So that nobody has to for a while: the limit of logins may be at a master that is about to be lost, and is closed then."""
    for node in nodes:
        node.forget("editor")
        await node.token("editor")


async def tell_on_both_topics(nodes: Pair, artist: int, names: list[str]) -> None:
    """Each name is written twice, at the two nodes in turn: of a new artist, which `artists` tells, and of this one."""
    for index, name in enumerate(names):
        await write(nodes[index % 2], [name])
        await rename(nodes[index % 2], artist, f"{name} again")


async def test_topics_of_different_masters_are_heard_in_order_at_both_nodes_and_resumed(
    cluster: Cluster, nodes: Pair
) -> None:
    assert cluster.owner(PLAIN) is not cluster.owner(NAMED)
    artist, names = await create(nodes[0], uuid.uuid4().hex), named(30)
    async with (
        Follower(nodes, at=0) as first,
        Follower(nodes, at=1) as second,
        line(nodes[0]) as here,
        line(nodes[1], binary=True) as there,
    ):
        for socket in (here, there):
            assert (await socket.follow(f"artists/{artist}"))["type"] == "subscribed"
        await tell_on_both_topics(nodes, artist, names[:15])
        second.cut()
        await tell_on_both_topics(nodes, artist, names[15:])
        for one in (first, second):
            await one.hears_at_last(names)
            assert (one.names, one.faults, one.gaps) == (names, [], 0)
        assert second.recovered == [True]
        for socket in (here, there):
            heard = [await socket.hear() for _ in names]
            assert [one["data"]["artist"]["name"] for one in heard] == [f"{name} again" for name in names]


async def test_tail_follows_topics_of_all_masters(cluster: Cluster, nodes: Pair) -> None:
    """`python -m app tail`; what is written before it follows is not shown, so it is written until both are."""
    artist = await create(nodes[0], uuid.uuid4().hex)
    async with connected(cluster.url) as connection, asyncio.timeout(WITHIN_S):
        shown = [asyncio.ensure_future(anext(one)) for one in streams(connection, ["artists", "artists/{artist.id}"])]
        while not all(one.done() for one in shown):
            await tell_on_both_topics(nodes, artist, named(1))
            await asyncio.wait(shown, timeout=0.2)
        assert {one.result()["event"] for one in shown} == {"artists", "artists/{artist.id}"}


@pytest.mark.survives("D17")
async def test_events_go_on_while_the_slot_of_their_stream_moves_to_another_master(
    cluster: Cluster, nodes: Pair
) -> None:
    """A slot of a cluster is moved live, there and back, while events are written: none is lost, none comes twice, and the epoch stays."""
    names = named(60)
    source = cluster.owner(PLAIN)
    target = next(one for one in cluster.masters if one is not source)
    async with Follower(nodes, at=0) as first, Follower(nodes, at=1) as second:
        for to in (target, source):
            await write(nodes[0], names[:5])
            await asyncio.to_thread(cluster.begin_move, PLAIN, to)
            await write(nodes[1], names[5:15])
            await asyncio.to_thread(cluster.carry, PLAIN, to)
            await write(nodes[0], names[15:25])
            await asyncio.to_thread(cluster.end_move, PLAIN, to)
            await write(nodes[1], names[25:30])
            for one in (first, second):
                await one.hears_at_last(names[:30])
            names = names[30:]
        for one in (first, second):
            assert (len(one.names), one.faults, one.gaps) == (60, [], 0)


@pytest.mark.survives("F01")
async def test_without_one_master_the_others_topics_and_keys_go_on(cluster: Cluster, nodes: Pair) -> None:
    """One of three masters of a cluster is killed (-9): both nodes are ready, every call is answered, a topic of another master is heard
    meanwhile; what waited for it is heard, in order and once, when it is back."""
    lost, artist, names = cluster.owner(NAMED), await create(nodes[0], uuid.uuid4().hex), named(20)
    async with Follower(nodes, at=0) as first, Follower(nodes, at=1) as second, line(nodes[1]) as here:
        assert (await here.follow(f"artists/{artist}"))["type"] == "subscribed"
        await log_in_anew(nodes)
        await asyncio.to_thread(lost.kill)
        await tell_on_both_topics(nodes, artist, names)
        for one in (first, second):
            await one.hears_at_last(names)
        async with httpx2.AsyncClient(trust_env=False) as http:
            for node in nodes:
                assert (await http.get(f"{node.url}/readyz")).status_code == 204
        lost.start()
        heard = [await here.hear() for _ in names]
        assert [one["data"]["artist"]["name"] for one in heard] == [f"{name} again" for name in names]
        assert await here.heard() == []
        for one in (first, second):
            assert (one.names, one.faults, one.gaps) == (names, [], 0)
    assert "task.failed" not in nodes[0].log() + nodes[1].log()
