"""A node reads the topics that somebody follows there, from when he does, and no others, on a real Valkey."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from app.broadcast.broker import Delivery, Position
from app.broadcast.hub import Hub
from app.broadcast.redis_stream import Keys
from app.broadcast.stream_reader import Entries, StreamReader
from app.development.servers import Valkey, embedded_valkey
from tests.app.broadcast.conftest import MakeNode, Node, event, eventually, pending
from tests.redis_connections import until_up


class Counting(StreamReader):
    """Counts what it was sent."""

    entries = wakes = 0

    async def read(self, positions: Any, *, count: int) -> Entries:
        found = await super().read(positions, count=count)
        self.entries += sum(len(entries) for name, entries in found if name.endswith(b":stream"))
        self.wakes += sum(b":wake:" in name for name, _ in found)
        return found


async def start_idle(node: Node) -> Node:
    """A node where nobody follows anything."""
    await node.connect()
    await node.broker.reading.find_ends(node)
    node.supervisor.start("relay", lambda: node.broker.relay(node, node.mover))
    return node


def stop_following(node: Node) -> None:
    node.broker.reading.let_go("artists")


async def rested(node: Node) -> None:
    """Until its topic is not read any more: nobody follows, and its time is over."""
    moves = len(node.moves)
    await eventually(lambda: len(node.moves) > moves)


async def test_a_topic_that_nobody_follows_is_not_read(make_node: MakeNode) -> None:
    mover, idle = await make_node().start(), await start_idle(make_node(reader=Counting))
    await mover.append(*range(100))
    await eventually(lambda: len(mover.deliveries) == 100)
    await idle.follow()
    await mover.append(100)
    await eventually(lambda: len(idle.deliveries) == 1)
    assert (idle.offsets, idle.losses) == ([101], [])
    assert reader_of(idle).entries == 1


def reader_of(node: Node) -> Any:
    return node.broker.reading.lane_of["artists"].reader


async def test_the_first_follower_ends_the_read_that_was_waiting(make_node: MakeNode) -> None:
    """It names only streams that were followed when it began, and would wait on for a second."""
    mover, idle = await make_node().start(), await start_idle(make_node(reader=Counting))
    await idle.follow()
    await mover.append(1)
    await eventually(lambda: len(idle.deliveries) == 1)
    stop_following(idle)
    await idle.follow()
    await mover.append(2)
    await eventually(lambda: len(idle.deliveries) == 2)
    assert idle.offsets == [1, 2]
    assert reader_of(idle).wakes == 1, "a topic that is read already needs no wake"


async def test_a_topic_that_was_left_is_read_for_a_while_and_then_not(make_node: MakeNode) -> None:
    mover, node = await make_node().start(), await make_node(linger_s=1.0).start()
    stop_following(node)
    await mover.append(1)
    await eventually(lambda: len(node.deliveries) == 1)
    await rested(node)
    await mover.append(2, 3)
    await node.follow()
    await mover.append(4)
    await eventually(lambda: len(node.deliveries) == 2)
    assert (node.offsets, node.losses) == ([1, 4], [])


async def test_who_comes_back_in_time_finds_a_topic_that_was_read_all_the_while(make_node: MakeNode) -> None:
    mover, node = await make_node().start(), await make_node().start()
    for number in range(20):
        stop_following(node)
        await mover.append(number)
        await node.follow()
    await eventually(lambda: len(node.deliveries) == 20)
    assert node.offsets == list(range(1, 21))


async def test_what_is_not_read_is_not_remembered_either(make_node: MakeNode) -> None:
    """Else a node would keep a megabyte for each topic that somebody looked at once."""
    hub = Hub()
    hub.deliver(Delivery("artists", 1, "e", 1001, event(1), size=10))
    hub.move("artists", Position("e", 1), lost=False)
    assert hub.after("artists", Position("e", 0)) is None
    mover, node = await make_node().start(), await make_node(linger_s=0.5).start()
    await mover.append(1)
    await eventually(lambda: len(node.deliveries) == 1)
    stop_following(node)
    await rested(node)
    assert node.moves[-1] == (Position(node.deliveries[0].epoch, 1), False)


async def test_whoever_begins_to_follow_while_redis_is_away_misses_nothing_of_what_comes(
    make_node: MakeNode, tmp_path: Path
) -> None:
    """Read on from where the stream ended when it was looked at last."""
    with embedded_valkey(tmp_path) as server:
        mover = await make_node(url=server.url).start()
        idle = await start_idle(make_node(url=server.url))
        await mover.append(1, 2)
        await eventually(lambda: bool(idle.moves) and idle.moves[-1][0].offset == 2)
        server.kill()
        await idle.follow()
        server.start()
        await until_up(mover.pipeline)
        await mover.append(3)
        await eventually(lambda: idle.offsets == [3])
        await mover.stop()
        await idle.stop()


async def test_a_stream_that_was_lost_while_nobody_followed_is_no_loss(make_node: MakeNode, valkey: Valkey) -> None:
    mover, idle = await make_node().start(), await start_idle(make_node())
    await mover.append(1, 2, 3)
    client = Redis.from_url(valkey.url)
    await client.flushall()
    await client.aclose()
    await mover.append(4)
    await idle.follow()
    await mover.append(5)
    await eventually(lambda: len(idle.deliveries) == 1)
    assert (idle.offsets, idle.losses) == ([2], [])


@pytest.mark.survives("F02", "D17")
async def test_what_a_new_epoch_lost_before_it_was_read_is_told(make_node: MakeNode, valkey: Valkey) -> None:
    """Redis came back without its data, and its history was trimmed at once: who was told that the stream began anew, at 0, is told that
    six more are missing before the seventh comes."""
    mover, node = await make_node().start(), await make_node().start()
    await mover.append(1, 2)
    await eventually(lambda: node.offsets == [1, 2])
    keys, (one,) = Keys.of("stele", "artists"), pending(7)
    entry: dict[Any, Any] = {"epoch": "other", "pkg_id": one.pkg_id, "event": one.data, "at_ms": one.at_ms}
    async with Redis.from_url(valkey.url) as client, client.pipeline(transaction=True) as together:
        together.delete(keys.stream)
        together.set(keys.epoch, "other")
        together.xadd(keys.stream, entry, id="0-7")
        await together.execute()
    await eventually(lambda: node.numbers == [1, 2, 7])
    assert node.losses == [Position("other", 0), Position("other", 6)]


async def test_the_wakes_of_a_node_leave_nothing_behind(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    keys: Any = await client.keys("*:wake:*")
    assert [await client.xlen(key) for key in keys] == [1]
    assert all([0 < await client.pttl(key) <= 60_000 for key in keys])
    await client.aclose()
    assert node.losses == []


@pytest.mark.parametrize("seed", range(5))
async def test_followers_who_come_and_go_hear_every_event_between(make_node: MakeNode, seed: int) -> None:
    """Each time from where it began to the last event before it left, without a gap, whatever is appended meanwhile."""
    mover, node = await make_node().start(), await start_idle(make_node(linger_s=0.0))
    appending = asyncio.create_task(append_all(mover))
    for stay_ms in (5, 40, 300, 1500):
        await node.follow()
        begins = len(node.deliveries)
        await asyncio.sleep((stay_ms + 7 * seed) / 1000)
        stop_following(node)
        heard = node.offsets[begins:]
        assert heard == list(range(*(heard[0], heard[0] + len(heard)) if heard else (0,)))
        await rested(node)
    await appending
    assert (node.losses, len(node.deliveries) > 10) == ([], True)


async def append_all(mover: Node) -> None:
    for number in range(400):
        await mover.append(number)
        await asyncio.sleep(0.02)
