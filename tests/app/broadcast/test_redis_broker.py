"""Events reach every node in one order, and lost connections and lost streams are noticed, on a real Valkey."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from app.broadcast.broker import NotPublished
from app.development.servers import Valkey, embedded_valkey
from generated.results import Author, AuthorCreated
from tests.app.broadcast.conftest import MakeNode, Node
from tests.redis_connections import until_up

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def event(number: int) -> AuthorCreated:
    name = f"Ünal {number}"
    return AuthorCreated(
        author=Author(id=number, name=name, bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)
    )


async def publish(node: Node, numbers: range) -> None:
    for number in numbers:
        await node.broker.publish("authors", 1001, event(number))


async def eventually(condition: Callable[[], bool], within_s: float = 8.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("protocol", [2, 3])
async def test_every_node_the_sender_s_included_gets_each_event_once_and_in_order(
    make_node: MakeNode, protocol: int
) -> None:
    nodes = [await make_node(protocol=protocol).start() for _ in range(3)]
    await asyncio.gather(*(publish(node, range(100)) for node in nodes))
    await eventually(lambda: all(len(node.deliveries) >= 300 for node in nodes))
    assert nodes[0].deliveries == nodes[1].deliveries == nodes[2].deliveries
    assert nodes[0].offsets == list(range(1, 301))
    assert len({delivery.epoch for delivery in nodes[0].deliveries}) == 1


async def test_a_delivery_carries_the_event_as_it_was_published(make_node: MakeNode) -> None:
    node = await make_node().start()
    await publish(node, range(7, 8))
    await eventually(lambda: bool(node.deliveries))
    assert (node.deliveries[0].topic, node.deliveries[0].pkg_id) == ("authors", 1001)
    assert node.deliveries[0].event == event(7)


async def test_a_node_that_starts_later_gets_only_what_comes_after(make_node: MakeNode) -> None:
    early = await make_node().start()
    await publish(early, range(5))
    late = await make_node().start()
    await publish(early, range(5, 8))
    await eventually(lambda: len(late.deliveries) == 3)
    assert late.offsets == [6, 7, 8]


async def test_the_history_is_bounded(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node(history=50).start()
    await publish(node, range(1000))
    client = Redis.from_url(valkey.url)
    assert 50 <= await client.xlen("stele:{authors}:stream") <= 200
    assert 0 < await client.ttl("stele:{authors}:stream") <= 60
    await client.aclose()


async def test_a_node_whose_connections_are_cut_publishes_and_reads_on_without_a_gap(
    make_node: MakeNode, valkey: Valkey
) -> None:
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    for begin in range(0, 100, 20):
        await publish(node, range(begin, begin + 20))
        await client.client_kill_filter(_type="normal", skipme=True)
    await client.aclose()
    await eventually(lambda: len(node.deliveries) >= 100)
    assert node.offsets == list(range(1, 101))
    assert node.broker.is_running


async def test_a_stream_that_was_lost_begins_a_new_epoch_and_nothing_of_it_is_missed(
    make_node: MakeNode, valkey: Valkey
) -> None:
    node = await make_node().start()
    await publish(node, range(3))
    await eventually(lambda: len(node.deliveries) == 3)
    client = Redis.from_url(valkey.url)
    await client.flushall()
    await publish(node, range(2))
    await eventually(lambda: len(node.deliveries) == 5)
    await client.flushall()
    await publish(node, range(10))
    await eventually(lambda: len(node.deliveries) == 15)
    await client.aclose()
    assert node.offsets == [1, 2, 3, 1, 2, *range(1, 11)]
    epochs = [delivery.epoch for delivery in node.deliveries]
    assert len({*epochs[:3]}) == len({*epochs[3:5]}) == len({*epochs[5:]}) == 1
    assert len({*epochs}) == 3


async def test_an_entry_that_cannot_be_read_is_passed_over(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    await publish(node, range(1))
    epoch = await client.get("stele:{authors}:epoch")
    assert epoch is not None
    for fields in ({"epoch": epoch, "pkg_id": "9999", "event": "{}"}, {"epoch": epoch, "pkg_id": "1001", "event": "["}):
        entry: Any = fields
        await client.xadd("stele:{authors}:stream", entry, id="0-*")
    await publish(node, range(1, 2))
    await eventually(lambda: len(node.deliveries) == 2)
    await client.aclose()
    assert node.offsets == [1, 4]


async def test_what_does_not_reach_redis_is_reported_and_the_relay_waits_for_it(
    make_node: MakeNode, tmp_path: Path
) -> None:
    with embedded_valkey(tmp_path) as server:
        node = await make_node(url=server.url).start()
        await publish(node, range(1))
        await eventually(lambda: len(node.deliveries) == 1)
        server.kill()
        with pytest.raises(NotPublished):
            await publish(node, range(1))
        assert node.broker.is_running
        shutil.rmtree(tmp_path / "appendonlydir")
        server.start()
        await until_up(node.pipeline)
        await publish(node, range(1, 3))
        await eventually(lambda: len(node.deliveries) == 3)
        await node.stop()
    assert node.offsets == [1, 1, 2]


async def test_a_stopped_broker_leaves_no_task(make_node: MakeNode) -> None:
    node = await make_node().start()
    assert node.broker.is_running
    await node.broker.stop()
    assert not node.broker.is_running
    await make_node().broker.stop()
