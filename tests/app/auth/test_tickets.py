"""A13 on a real Valkey: a ticket opens one socket, of one page, within 30 s."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from app.auth.principal import Principal
from app.auth.tickets import LIFETIME_S, Tickets
from app.db.pipelined_redis import PipelinedConnection, RedisConnection
from app.development.servers import Valkey
from generated.errors import Unavailable
from tests.redis_connections import connected

ORIGIN = "https://app.example"


@pytest.fixture
async def redis(valkey: Valkey) -> AsyncIterator[Redis]:
    client = Redis.from_url(valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[RedisConnection]:
    async with connected(valkey.url) as opened:
        yield opened


@pytest.fixture
def tickets(connection: RedisConnection) -> Tickets:
    return Tickets(connection)


@pytest.fixture
def reader() -> Principal:
    roles = frozenset({"get-artists", "create-artist"})
    return Principal("https://a.example/realms/stele", "id-1", "reader", "sid-1", roles, time.time() + 300)


async def test_a_ticket_brings_back_the_very_principal_and_that_once(tickets: Tickets, reader: Principal) -> None:
    ticket = await tickets.issue(reader, ORIGIN)
    assert await tickets.redeem(ticket, ORIGIN) == reader
    assert await tickets.redeem(ticket, ORIGIN) is None


async def test_a13_of_100_concurrent_pairs_exactly_one_of_each_wins(tickets: Tickets, reader: Principal) -> None:
    issued = [await tickets.issue(reader, ORIGIN) for _ in range(100)]
    assert len(set(issued)) == 100
    for ticket in issued:
        pair = await asyncio.gather(tickets.redeem(ticket, ORIGIN), tickets.redeem(ticket, ORIGIN))
        assert sorted(found is None for found in pair) == [False, True]


async def test_a13_the_server_forgets_a_ticket_after_30_s(tickets: Tickets, redis: Redis, reader: Principal) -> None:
    ticket = await tickets.issue(reader, ORIGIN)
    [key] = await redis.keys("*")
    assert 29_000 < await redis.pttl(key) <= LIFETIME_S * 1000 == 30_000
    assert await redis.pexpire(key, 1)
    await asyncio.sleep(0.02)
    assert await tickets.redeem(ticket, ORIGIN) is None


@pytest.mark.parametrize("other", ["https://evil.example", "https://app.example:8443", "", None])
async def test_another_page_gets_nothing_and_uses_the_ticket_up(
    other: str | None, tickets: Tickets, reader: Principal
) -> None:
    ticket = await tickets.issue(reader, ORIGIN)
    assert await tickets.redeem(ticket, other) is None
    assert await tickets.redeem(ticket, ORIGIN) is None


async def test_a_ticket_does_not_outlive_its_token(
    tickets: Tickets, connection: RedisConnection, reader: Principal
) -> None:
    ticket = await tickets.issue(reader, None)
    late = Tickets(connection, clock=lambda: reader.expires_at)
    assert await late.redeem(ticket, None) is None


@pytest.mark.parametrize("ticket", ["", "unknown", "x" * 65, "ticket\ud800", "*", "\x00"])
async def test_what_is_no_ticket_is_nobody(ticket: str, tickets: Tickets) -> None:
    assert await tickets.redeem(ticket, ORIGIN) is None


async def test_the_store_never_holds_the_ticket_itself(tickets: Tickets, redis: Redis, reader: Principal) -> None:
    ticket = await tickets.issue(reader, ORIGIN)
    [key] = await redis.keys("*")
    assert ticket not in repr((key, await redis.get(key)))


async def test_without_the_store_both_answer_unavailable_and_say_when_to_come_again(reader: Principal) -> None:
    tickets = Tickets(PipelinedConnection("redis://127.0.0.1:9"))
    with pytest.raises(Unavailable) as issuing:
        await tickets.issue(reader, ORIGIN)
    with pytest.raises(Unavailable) as redeeming:
        await tickets.redeem("ticket", ORIGIN)
    assert issuing.value.retry_after_s == redeeming.value.retry_after_s == 1


async def test_the_first_ticket_after_a_lost_connection_is_as_good_as_any(
    tickets: Tickets, connection: RedisConnection, redis: Redis, reader: Principal
) -> None:
    for _ in range(5):
        await redis.client_kill_filter(_type="normal", skipme=True)
        async with asyncio.timeout(5):
            while connection.is_up:
                await asyncio.sleep(0)
        ticket = await tickets.issue(reader, ORIGIN)
        assert await tickets.redeem(ticket, ORIGIN) == reader
