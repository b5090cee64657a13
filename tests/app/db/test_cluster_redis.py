"""Commands go to the master that has their key, follow a slot that moves, and go on where another master is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import hiredis
import pytest
from redis.crc import key_slot
from structlog.testing import capture_logs

from app.addresses import redis_nodes
from app.db.cluster_redis import ClusterConnection, slot_of
from app.db.pipelined_redis import CLOSED, OPEN, RedisConnection, RedisUnavailable, Script
from app.development.servers import Valkey
from tests.redis_connections import connected, running
from tests.redis_servers import Cluster, client, embedded_cluster

KEYS = ("b", "c", "a")
"""One of each master, in their order."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with embedded_cluster(tmp_path_factory.mktemp("cluster")) as servers:
        yield servers


@pytest.fixture
async def connection(cluster: Cluster) -> AsyncIterator[RedisConnection]:
    async with connected(cluster.url) as opened:
        yield opened


async def until_state(connection: RedisConnection, state: str) -> None:
    async with asyncio.timeout(20):
        while connection.state != state:
            await asyncio.sleep(0.005)


async def test_each_command_goes_to_the_master_of_its_key_and_its_answer_comes_back(
    cluster: Cluster, connection: RedisConnection
) -> None:
    assert [cluster.owner(key) for key in KEYS] == cluster.masters
    names = [f"key {number}" for number in range(300)]
    await asyncio.gather(*(connection.ask("SET", name, name) for name in names))
    assert await asyncio.gather(*(connection.ask("GET", name) for name in names)) == [one.encode() for one in names]
    assert all(client(one).dbsize() > 50 for one in cluster.masters)
    assert [connection.url_of(key) for key in KEYS] == [f"redis://127.0.0.1:{one.port}/0" for one in cluster.masters]
    assert await connection.call("LPUSH", names[0], "x") != 1, "an error is the command's answer"


async def test_a_script_runs_at_each_master_also_where_it_was_forgotten(
    cluster: Cluster, connection: RedisConnection
) -> None:
    script = Script(connection, b"return redis.call('INCR', KEYS[1])")
    for turn in (1, 2):
        assert [await script.run(1, f"{{{key}}}:script") for key in KEYS] == [turn] * 3
        for one in cluster.masters:
            client(one).script_flush()


async def test_keys_of_one_slot_are_one_command_and_a_command_without_a_key_is_nobody_s(
    connection: RedisConnection,
) -> None:
    assert connection.together(["{a}1", "b", "{a}2"]) == [["{a}1", "{a}2"], ["b"]]
    assert slot_of(["GET", "{a}1"]) == slot_of([b"EVALSHA", b"digest", 1, "a"]) == key_slot(b"a")
    for nobodys in (["PING"], ["EVAL", "return 1", 0]):
        with pytest.raises(ValueError, match="names no key"):
            connection.call(*nobodys)


async def test_every_call_runs_once_while_its_slot_moves_from_one_master_to_another_and_back(
    cluster: Cluster, connection: RedisConnection
) -> None:
    """MOVED and ASK: 8 callers count up one key, a ninth reads a pair of keys of the slot by a script, while all is carried over."""
    counter, first, second = "{moved}:counter", "{moved}:first", "{moved}:second"
    pair = Script(connection, b"return redis.call('GET', KEYS[1]) .. redis.call('GET', KEYS[2])")
    for key in (first, second):
        await connection.ask("SET", key, key)
    counted, is_over = [], False

    async def count() -> None:
        while not is_over:
            counted.append(await connection.ask("INCR", counter))
            assert await pair.run(2, first, second) == (first + second).encode()

    callers = [asyncio.create_task(count()) for _ in range(8)]
    source = cluster.owner(counter)
    target = next(one for one in cluster.masters if one is not source)
    for to in (target, source):
        await asyncio.to_thread(cluster.begin_move, counter, to)
        before = len(counted)
        while len(counted) < before + 50:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(cluster.carry, counter, to)
        before = len(counted)
        while len(counted) < before + 50:
            await asyncio.sleep(0.005)
        await asyncio.to_thread(cluster.end_move, counter, to)
        before = len(counted)
        while len(counted) < before + 50:
            await asyncio.sleep(0.005)
        assert connection.url_of(counter) == f"redis://127.0.0.1:{to.port}/0"
    is_over = True
    await asyncio.gather(*callers)
    assert sorted(counted) == list(range(1, len(counted) + 1))


async def test_a_master_that_is_away_costs_its_own_keys_only(cluster: Cluster) -> None:
    """Killed (-9): its commands fail at once, the others' go on; the worst breaker is told, and all is well when it is back."""
    changes: list[tuple[str, str, str]] = []
    async with connected(cluster.url, on_transition=lambda *change: changes.append(change)) as connection:
        await asyncio.gather(*(connection.ask("SET", key, "1") for key in KEYS))
        with capture_logs() as logged:
            await asyncio.to_thread(cluster.masters[2].kill)
            await until_state(connection, OPEN)
        assert f"redis 127.0.0.1:{cluster.masters[2].port}" in {one.get("breaker") for one in logged}
        begun = time.monotonic()
        for _ in range(200):
            with pytest.raises(RedisUnavailable):
                await connection.ask("GET", KEYS[2])
            assert [await connection.ask("GET", key) for key in KEYS[:2]] == [b"1", b"1"]
        assert time.monotonic() - begun < 10, "600 commands; a quarter of a second for each lost one would be 50 s"
        assert connection.refusal is None
        cluster.masters[2].start()
        await until_state(connection, CLOSED)
        async with asyncio.timeout(20):
            while await connection.call("GET", KEYS[2]) != b"1":
                await asyncio.sleep(0.05)
    assert changes[0] == ("redis", "closed", "open")
    assert changes[-1][2] == "closed"


async def test_a_seed_that_is_away_is_passed_over(cluster: Cluster) -> None:
    async with connected(f"redis+cluster://127.0.0.1:9,127.0.0.1:{cluster.masters[1].port}") as connection:
        assert await connection.ask("GET", "nothing") is None


async def test_a_server_that_is_no_cluster_is_said(valkey: Valkey) -> None:
    nodes = redis_nodes(f"redis+cluster://127.0.0.1:{valkey.port}")
    assert nodes is not None
    lone = ClusterConnection(nodes)
    async with running(lone.run):
        await until_state(lone, OPEN)
        assert not lone.is_up
        assert lone.refusal is not None
        assert "cluster support disabled" in lone.refusal
        with pytest.raises(RedisUnavailable):
            await lone.ask("GET", "a")


async def test_who_waits_when_the_connection_ends_is_told_and_who_is_gone_is_not(cluster: Cluster) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with connected(cluster.url) as connection:
        await connection.ask("GET", "a")
        waiting, gone = connection.call("BLPOP", "a:nothing", 0), connection.call("BLPOP", "a:nothing", 0)
        gone.cancel()
    with pytest.raises(RedisUnavailable):
        await waiting
    with pytest.raises(RedisUnavailable):
        connection.call("GET", "a")
    del waiting, gone
    await asyncio.sleep(0)
    assert complaints == []


async def test_a_redis_error_is_no_loss(connection: RedisConnection) -> None:
    await connection.ask("SET", "a:text", "x")
    answer = await connection.call("LPUSH", "a:text", "y")
    assert isinstance(answer, hiredis.ReplyError)
    with suppress(RedisUnavailable):
        await connection.ask("LPUSH", "a:text", "y")
    assert await connection.ask("GET", "a:text") == b"x"
