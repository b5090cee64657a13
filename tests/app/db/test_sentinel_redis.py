"""The master that sentinels name is found, left when they name another, and counts only if it says itself that it is one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from app.db.pipelined_redis import OPEN, RedisConnection, RedisUnavailable
from app.db.redis_connections import make_connection
from app.development.servers import Valkey
from tests.redis_connections import connected, running, until_up
from tests.redis_servers import SERVICE, Watched, client, watched_pair

WITHIN_S = 30.0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watched_pair(tmp_path_factory.mktemp("watched")) as servers:
        yield servers


@asynccontextmanager
async def refused(url: str) -> AsyncIterator[tuple[RedisConnection, list[str]]]:
    """A connection that does not come up, and what the log says why."""
    connection = make_connection(url)
    with capture_logs() as logged:
        async with running(connection.run):
            async with asyncio.timeout(WITHIN_S):
                while connection.state != OPEN:
                    await asyncio.sleep(0.01)
            yield connection, [str(one["reason"]) for one in logged if one["event"] == "breaker.transition"]


def url_of(server: Valkey) -> str:
    return f"redis://127.0.0.1:{server.port}/0"


async def test_any_sentinel_says_who_is_the_master(watched: Watched) -> None:
    alone = watched.sentinels[2].port
    async with connected(f"redis+sentinel://127.0.0.1:9,127.0.0.1:{alone}/{SERVICE}") as connection:
        assert await connection.ask("ECHO", "here") == b"here"
        assert connection.url_of("any") == url_of(watched.first)
        assert connection.together(["a", "b"]) == [["a", "b"]]


async def test_before_a_master_is_named_nobody_is_asked(watched: Watched) -> None:
    connection = make_connection(watched.url)
    assert connection.url_of("any") is None
    with pytest.raises(RedisUnavailable):
        connection.call("PING")


async def test_a_service_that_no_sentinel_watches_is_said(watched: Watched) -> None:
    async with refused(watched.url.replace(f"/{SERVICE}/", "/other/")) as (connection, reasons):
        assert reasons == ["no sentinel that answers knows a master of other"]
        with pytest.raises(RedisUnavailable):
            await connection.ask("PING")


async def test_sentinels_are_asked_with_their_own_login(watched: Watched) -> None:
    first = watched.sentinels[0]
    client(first).execute_command("ACL", "SETUSER", "asker", "on", ">hunter2", "+@all", "allchannels")
    url = f"redis+sentinel://127.0.0.1:{first.port}/{SERVICE}?sentinel_username=asker&sentinel_password="
    async with connected(url + "hunter2") as connection:
        assert connection.is_up
    async with refused(url + "wrong") as (_, reasons):
        assert "wrong" not in repr(reasons)


async def test_a_server_that_says_that_it_is_a_replica_does_not_count(watched: Watched) -> None:
    """A sentinel may name one that is no master yet, or no longer."""
    first = client(watched.sentinels[0])
    first.execute_command("SENTINEL", "MONITOR", "stale", "127.0.0.1", watched.second.port, 2)
    try:
        url = f"redis+sentinel://127.0.0.1:{watched.sentinels[0].port}/stale"
        async with refused(url) as (connection, reasons):
            assert reasons[0] == "the sentinels name one that is no master yet"
            assert not connection.is_up
    finally:
        first.execute_command("SENTINEL", "REMOVE", "stale")


async def test_a_master_that_was_replaced_is_left_although_it_still_answers(watched: Watched, valkey: Valkey) -> None:
    """As one on the wrong side of a partition, which nobody could tell."""
    first = client(watched.sentinels[0])
    first.execute_command("SENTINEL", "MONITOR", "moving", "127.0.0.1", watched.first.port, 2)
    async with connected(f"redis+sentinel://127.0.0.1:{watched.sentinels[0].port}/moving") as connection:
        assert connection.url_of("any") == url_of(watched.first)
        first.execute_command("SENTINEL", "REMOVE", "moving")
        first.execute_command("SENTINEL", "MONITOR", "moving", "127.0.0.1", valkey.port, 2)
        async with asyncio.timeout(WITHIN_S):
            while connection.url_of("any") != url_of(valkey):
                await asyncio.sleep(0.02)
        await until_up(connection)
        assert await connection.ask("ECHO", "there") == b"there"
    first.execute_command("SENTINEL", "REMOVE", "moving")


async def test_calls_go_on_at_the_next_master_after_the_first_was_killed(watched: Watched) -> None:
    """Killed (-9) under traffic; meanwhile callers are refused at once. What was replicated is still there."""
    changes: list[tuple[str, str, str]] = []
    async with connected(watched.url, on_transition=lambda *change: changes.append(change)) as connection:
        await connection.ask("SET", "kept", "1")
        assert client(watched.first).wait(1, 10_000) == 1
        watched.first.kill()
        refusals = 0
        async with asyncio.timeout(WITHIN_S):
            while connection.url_of("any") == url_of(watched.first) or not connection.is_up:
                try:
                    await connection.ask("INCR", "counter")
                except RedisUnavailable:
                    refusals += 1
                await asyncio.sleep(0.005)
        assert connection.url_of("any") == url_of(watched.second)
        assert await connection.ask("GET", "kept") == b"1"
        assert await connection.ask("SET", "kept", "2") == b"OK"
    assert refusals > 50, "nobody waited"
    assert [changes[0], changes[-1]] == [("redis", "closed", "open"), ("redis", "half-open", "closed")]
