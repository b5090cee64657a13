"""A topic's stream says where it ends and what came after a position, whole or not at all, on a real Valkey."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from redis.asyncio import Redis

from app.broadcast.broker import Delivery, Hole, NotKept, Position
from app.development.servers import Valkey
from generated.errors import Unavailable
from tests.app.broadcast.conftest import MakeNode, eventually

STREAM = "stele:{artists}:stream"


async def test_history_is_read_from_any_position_as_it_was_delivered(make_node: MakeNode) -> None:
    node = await make_node().start()
    await node.append(*range(300))
    await eventually(lambda: len(node.deliveries) == 300)
    epoch = node.deliveries[0].epoch
    assert await node.broker.history.end("artists") == Position(epoch, 300)
    assert list(await node.broker.history.read("artists", Position(epoch, 10), 64)) == node.deliveries[10:74]
    assert list(await node.broker.history.read("artists", Position(epoch, 299), 64)) == node.deliveries[299:]


async def test_what_is_not_in_the_stream_any_more_is_not_kept(make_node: MakeNode, valkey: Valkey) -> None:
    """Trimmed, not there yet, of another epoch, or lost: none is answered as if it were all."""
    node = await make_node(history=50).start()
    await node.append(*range(1000))
    end = await node.broker.history.end("artists")
    assert end is not None
    for position in (Position(end.epoch, 3), end, Position(end.epoch, 2000), Position("other", 990)):
        with pytest.raises(NotKept):
            await node.broker.history.read("artists", position, 10)
    client = Redis.from_url(valkey.url)
    await client.flushall()
    await client.aclose()
    with pytest.raises(NotKept):
        await node.broker.history.read("artists", Position(end.epoch, 990), 10)


async def test_history_that_a_stranger_wrote_is_a_hole_in_its_place(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    await node.append(1)
    stranger: Any = {"x": "y"}
    await client.xadd(STREAM, stranger, id="0-*")
    await node.append(2)
    end = await node.broker.history.end("artists")
    assert end is not None
    found = await node.broker.history.read("artists", Position(end.epoch, 0), 10)
    await client.aclose()
    assert [type(one) for one in found] == [Delivery, Hole, Delivery]
    assert [one.offset for one in found] == [1, 2, 3]


async def test_without_redis_history_is_unavailable(make_node: MakeNode) -> None:
    node = make_node(url="redis://127.0.0.1:9/0")
    with pytest.raises(Unavailable):
        await node.broker.history.end("artists")
    with pytest.raises(Unavailable):
        await node.broker.history.read("artists", Position("e", 0), 10)


async def test_a_topic_that_was_silent_for_its_time_loses_its_history_and_goes_on_counting(
    make_node: MakeNode, valkey: Valkey
) -> None:
    """Who was away all the time has missed nothing, and hears so; who missed the last event cannot have it any more."""
    node = await make_node(keep_s=1.0).start()
    await node.append(1, 2)
    await eventually(lambda: len(node.deliveries) == 2)
    position = await node.broker.history.end("artists")
    client = Redis.from_url(valkey.url)
    async with asyncio.timeout(10):
        while await client.xlen(STREAM):
            await asyncio.sleep(0.05)
    await client.aclose()
    assert await node.broker.history.end("artists") == position
    with pytest.raises(NotKept):
        await node.broker.history.read("artists", Position(position.epoch, 1), 10)
    await node.append(3)
    await eventually(lambda: len(node.deliveries) == 3)
    assert (node.offsets, node.losses) == ([1, 2, 3], [])
