"""How many sockets a user has is held over all nodes, also where one of them dies, and where Redis is silent."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.development.servers import Valkey
from generated.errors import CloseCode
from generated.operations import SOCKETS_PER_USER
from generated.product import NAME
from tests.faults.processes import paused
from tests.redis_connections import connected
from tests.running_service import RunningService

pytestmark = pytest.mark.xdist_group("pair")

Pair = tuple[RunningService, RunningService]
FREED_S = 30.0
FEWEST = SOCKETS_PER_USER // 3
"""Of a node's share of two: one that a test before killed is counted for some seconds more."""
PING = '{"type":"unsubscribe","topics":[""]}'


async def let_in(node: RunningService, token: str) -> ClientConnection | None:
    """The socket, once it has answered; None for one that is closed because there are too many."""
    headers = {"authorization": f"Bearer {token}"}
    socket = await connect(f"{node.url.replace('http', 'ws', 1)}/web", additional_headers=headers, proxy=None)
    try:
        await socket.send(PING)
        await asyncio.wait_for(socket.recv(), 10)
    except ConnectionClosed:
        assert socket.close_code == CloseCode.CONNECTION_LIMIT
        return None
    return socket


@asynccontextmanager
async def opened(count: int, token: str, *asked: RunningService) -> AsyncIterator[list[ClientConnection]]:
    """Those of `count` handshakes at once, in turn at each node, that are let in."""
    found = await asyncio.gather(*(let_in(asked[index % len(asked)], token) for index in range(count)))
    sockets = [socket for socket in found if socket is not None]
    try:
        yield sockets
    finally:
        for socket in sockets:
            await socket.close()


async def know_each_other(valkey: Valkey) -> None:
    """Every node has counted the nodes since there were two."""
    async with connected(valkey.url) as connection, asyncio.timeout(FREED_S):
        seen_at = math.inf
        while True:
            seconds, _ = await connection.ask("TIME")
            beats = (await connection.ask("ZRANGE", f"{NAME}:nodes", 0, -1, "WITHSCORES"))[1::2]
            if len(beats) >= 2:
                seen_at = min(seen_at, (int(seconds) + 1) * 1000)
            if beats and min(map(float, beats)) > seen_at:
                return
            await asyncio.sleep(0.1)


async def users_counted(valkey: Valkey) -> int:
    """Users of whom a socket counts, also one of a node that has been killed."""
    async with connected(valkey.url) as connection:
        return len(await connection.ask("KEYS", f"{NAME}:sockets:*"))


async def nobody_counts(valkey: Valkey) -> None:
    """What the tests before have left, by a node that they killed, counts no more."""
    async with asyncio.timeout(FREED_S):
        while await users_counted(valkey):
            await asyncio.sleep(0.1)


async def is_let_in_within(node: RunningService, token: str, seconds: float) -> ClientConnection:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (socket := await let_in(node, token)) is not None:
            return socket
        await asyncio.sleep(0.5)
    raise AssertionError(f"nobody was let in within {seconds} s")


@pytest.mark.survives("M10", "F01")
async def test_m10_a_node_has_its_share_of_a_user_s_sockets_while_redis_is_silent(
    pair: Pair, pair_valkey: Valkey
) -> None:
    """M10, F01: Redis is stopped: each of two nodes lets in half of what a user may have, whoever comes; the others are closed with 4506; what
    was open stays. When Redis is back it counts them all."""
    token, other = [await pair[0].token(user) for user in ("editor", "reader")]
    half = SOCKETS_PER_USER // 2
    await know_each_other(pair_valkey)
    async with opened(1, token, pair[0]) as before:
        with paused(pair_valkey):
            async with opened(half + 2, token, pair[0]) as sockets, opened(1, other, pair[0]) as others:
                assert FEWEST <= len(before + sockets) <= half
                assert len(others) == 1
                async with opened(2, token, pair[1]) as elsewhere:
                    assert len(elsewhere) == 2
        assert len(before) == 1
        await before[0].send(PING)
        await asyncio.wait_for(before[0].recv(), 10)
    async with asyncio.timeout(FREED_S):
        while True:
            async with opened(SOCKETS_PER_USER + 1, token, *pair) as sockets:
                if len(sockets) == SOCKETS_PER_USER:
                    break


@pytest.mark.survives("M10")
async def test_m10_the_places_of_a_killed_node_are_free_within_half_a_minute(pair: Pair, pair_valkey: Valkey) -> None:
    """M10 (D19): of 50 handshakes at once at two nodes exactly as many are let in as the contract says, the others are closed with 4506. One
    node is killed: its sockets count until their lease ends, within 30 s, those of the other for as long as they are open."""
    token = await pair[0].token("admin")
    await nobody_counts(pair_valkey)
    async with (
        opened(5, token, pair[0]) as dying,
        opened(5, token, pair[1]) as staying,
        opened(50, token, *pair) as sockets,
    ):
        assert (len(dying), len(staying), len(sockets)) == (5, 5, SOCKETS_PER_USER - 10)
        assert await users_counted(pair_valkey) == 1
        await asyncio.to_thread(pair[0].process.kill)
        try:
            async with asyncio.timeout(10):
                await asyncio.gather(*(one.wait_closed() for one in [*dying, *_at(pair[0], sockets)]))
            assert await let_in(pair[1], token) is None
            freed = await is_let_in_within(pair[1], token, FREED_S)
            async with opened(SOCKETS_PER_USER, token, pair[1]) as more:
                assert {one.close_code for one in [*staying, *_at(pair[1], sockets)]} == {None}
                assert len(staying) + len(_at(pair[1], sockets)) + 1 + len(more) == SOCKETS_PER_USER
            await freed.close()
        finally:
            await asyncio.to_thread(pair[0].process.start)


def _at(node: RunningService, sockets: list[ClientConnection]) -> list[ClientConnection]:
    return [one for one in sockets if one.remote_address[1] == node.port]
