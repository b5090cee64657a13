"""Sockets of one user over all nodes: no more than the limit, whoever asks at once; a lease that nobody renews ends; without Redis a share."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest

from app.db.pipelined_redis import PipelinedConnection, RedisConnection, RedisUnavailable
from app.development.servers import Valkey
from app.limits.user_sockets import BATCH, LEASE_S, RENEW_S, UserSockets
from tests.redis_connections import connected, running

MOST = 5
ANN, BOB = "iss:ann", "iss:bob"


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[RedisConnection]:
    async with connected(valkey.url) as opened:
        yield opened


@pytest.fixture
def prefix() -> str:
    return f"test:{uuid.uuid4().hex}"


def node(connection: RedisConnection, prefix: str, most: int = MOST) -> UserSockets:
    return UserSockets(connection, most=most, prefix=prefix)


async def told(connection: RedisConnection, prefix: str, subject: str = ANN) -> list[int]:
    """What each node that has any said last, in Redis."""
    values = await connection.ask("HVALS", f"{prefix}:sockets:{{{subject}}}")
    return sorted(int(value.split()[0]) for value in values)


async def test_of_fifty_at_once_over_three_nodes_five_are_let_in(connection: RedisConnection, prefix: str) -> None:
    nodes = [node(connection, prefix) for _ in range(3)]
    let_in = await asyncio.gather(*(nodes[index % 3].enter(ANN) for index in range(50)))
    assert sum(let_in) == MOST
    assert await nodes[0].enter(BOB)
    for one in nodes:
        await one.tell()
    assert sum(await told(connection, prefix)) == MOST


async def test_who_leaves_makes_room_on_every_node(connection: RedisConnection, prefix: str) -> None:
    one, other = node(connection, prefix, most=1), node(connection, prefix, most=1)
    assert [await one.enter(ANN), await other.enter(ANN)] == [True, False]
    async with running(one.run), asyncio.timeout(RENEW_S - 1):
        one.leave(ANN)
        while not await other.enter(ANN):
            await asyncio.sleep(0.01)
    assert await told(connection, prefix) == [1]


async def test_a_node_that_is_silent_counts_no_longer_than_its_lease(connection: RedisConnection, prefix: str) -> None:
    """D19: a crash frees its places within 30 s; until then they count, for as long as the others ask."""
    dead, other = node(connection, prefix), node(connection, prefix)
    for _ in range(MOST):
        assert await dead.enter(ANN)
    assert not await other.enter(ANN)
    key = f"{prefix}:sockets:{{{ANN}}}"
    assert 0 < await connection.ask("PTTL", key) <= LEASE_S * 1000 <= 30_000 - RENEW_S * 1000
    seconds, _ = await connection.ask("TIME")
    (name,) = await connection.ask("HKEYS", key)
    await connection.ask("HSET", key, name, f"{MOST} {int(seconds) * 1000 - 1}")
    assert await other.enter(ANN)
    assert await told(connection, prefix) == [1]


async def test_a_lease_from_a_clock_that_was_set_back_is_none(connection: RedisConnection, prefix: str) -> None:
    """A failover to a machine with another clock must lock nobody out."""
    key = f"{prefix}:sockets:{{{ANN}}}"
    seconds, _ = await connection.ask("TIME")
    await connection.ask("HSET", key, "ahead", f"{MOST} {(int(seconds) + 3600) * 1000}", "nonsense", "what?")
    assert await node(connection, prefix).enter(ANN)
    assert await told(connection, prefix) == [1]


async def test_what_redis_forgot_is_told_again_and_nobody_is_sent_away(
    connection: RedisConnection, prefix: str
) -> None:
    """F02: while it is forgotten others are let in; afterwards there are too many, and no further one comes in."""
    one, other = node(connection, prefix, most=2), node(connection, prefix, most=2)
    assert [await one.enter(ANN) for _ in range(2)] == [True, True]
    await connection.ask("DEL", f"{prefix}:sockets:{{{ANN}}}")
    assert await other.enter(ANN)
    async with running(one.run, other.run), asyncio.timeout(RENEW_S + 2):
        while await told(connection, prefix) != [1, 2]:
            await asyncio.sleep(0.01)
    assert not await other.enter(ANN)


async def test_a_node_that_ends_gives_its_places_to_the_others(connection: RedisConnection, prefix: str) -> None:
    """D26: its clients open their next sockets before they close those here; and who comes here meanwhile is let in."""
    ending, other = node(connection, prefix, most=1), node(connection, prefix, most=1)
    assert await ending.enter(ANN)
    ending.withdraw()
    await ending.tell()
    assert [await other.enter(ANN), await ending.enter(BOB)] == [True, True]
    ending.leave(ANN)
    await ending.tell()
    assert await told(connection, prefix) == [1]


async def test_many_users_are_told_in_pieces(connection: RedisConnection, prefix: str) -> None:
    one = node(connection, prefix)
    users = [f"iss:{number}" for number in range(BATCH + 1)]
    await asyncio.gather(*(one.enter(user) for user in users))
    await connection.ask("DEL", f"{prefix}:sockets:{{{users[0]}}}", f"{prefix}:sockets:{{{users[-1]}}}")
    await one.tell()
    assert [await told(connection, prefix, user) for user in (users[0], users[-1])] == [[1], [1]]


async def test_who_is_cancelled_while_he_enters_has_not_entered(connection: RedisConnection, prefix: str) -> None:
    one = node(connection, prefix, most=1)
    entering = asyncio.create_task(one.enter(ANN))
    await asyncio.sleep(0)
    entering.cancel()
    await asyncio.wait([entering])
    await one.tell()
    assert await told(connection, prefix) == []
    assert await one.enter(ANN)


@pytest.mark.parametrize(("nodes", "share"), [(1, 5), (2, 3), (9, 1)])
async def test_without_redis_a_node_lets_in_its_share(nodes: int, share: int) -> None:
    """D20: `local`; nobody is refused because Redis is away alone."""
    alone = UserSockets(PipelinedConnection("redis://127.0.0.1:9"), most=MOST, nodes=lambda: nodes)
    assert [await alone.enter(ANN) for _ in range(share + 1)] == [True] * share + [False]
    alone.leave(ANN)
    assert await alone.enter(ANN)
    assert await alone.enter(BOB)
    with pytest.raises(RedisUnavailable):
        await alone.tell()
