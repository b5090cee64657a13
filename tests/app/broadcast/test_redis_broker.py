"""Events reach every node once and in one order, and lost connections and lost streams are noticed, on a real Valkey."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app.broadcast.broker import NotAppended, Pending, Position, Superseded
from app.broadcast.redis_stream import MEMORY, MEMORY_MS
from app.development.servers import Valkey, embedded_valkey
from generated.operations import TOPICS
from tests.app.broadcast.conftest import MakeNode, event, eventually, pending
from tests.redis_connections import until_up

STREAM = "stele:{artists}:stream"
POISON: list[dict[str, str]] = [
    {"x": "y"},
    {"pkg_id": "1001", "event": "{}"},
    {"epoch": "another", "pkg_id": "1001", "event": "{}"},
    {"epoch": "", "pkg_id": "1001", "event": "{}"},
    {"epoch": "EPOCH", "pkg_id": "9999", "event": "{}"},
    {"epoch": "EPOCH", "pkg_id": "many", "event": "{}"},
    {"epoch": "EPOCH", "pkg_id": "1001", "event": "["},
    {"epoch": "EPOCH", "pkg_id": "1001"},
]


@pytest.mark.parametrize("protocol", [2, 3])
async def test_every_node_the_mover_s_included_gets_each_event_once_and_in_order(
    make_node: MakeNode, protocol: int
) -> None:
    nodes = [await make_node(protocol=protocol).start() for _ in range(3)]
    for begin in range(0, 300, 60):
        await nodes[0].append(*range(begin, begin + 60))
    await eventually(lambda: all(len(node.deliveries) >= 300 for node in nodes))
    assert nodes[0].deliveries == nodes[1].deliveries == nodes[2].deliveries
    assert (nodes[0].offsets, nodes[0].numbers) == (list(range(1, 301)), list(range(300)))
    assert len({delivery.epoch for delivery in nodes[0].deliveries}) == 1


async def test_a_delivery_carries_the_event_as_it_was_published(make_node: MakeNode) -> None:
    node = await make_node().start()
    await node.append(7)
    await eventually(lambda: bool(node.deliveries))
    assert (node.deliveries[0].topic, node.deliveries[0].pkg_id) == ("artists", 1001)
    assert node.deliveries[0].event == event(7)


async def test_an_entry_says_the_span_of_its_call_and_has_no_field_for_it_where_there_is_none(
    make_node: MakeNode, valkey: Valkey
) -> None:
    node = await make_node().start()
    said = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    told, untold = pending(1, 2)
    await node.broker.append("artists", 1, [replace(told, traceparent=said), untold])
    await eventually(lambda: len(node.deliveries) == 2)
    assert [one.traceparent for one in node.deliveries] == [said, ""]
    client = Redis.from_url(valkey.url)
    entries: Any = await client.xrange(STREAM)
    assert [b"traceparent" in fields for _, fields in entries] == [True, False]
    await client.xadd(STREAM, dict(entries[1][1]) | {"traceparent": b"\xff"}, id="0-*")
    await eventually(lambda: len(node.deliveries) == 3)
    await client.aclose()


async def test_a_node_that_starts_later_gets_only_what_comes_after(make_node: MakeNode) -> None:
    early = await make_node().start()
    await early.append(*range(5))
    late = await make_node().start()
    await early.append(5, 6, 7)
    await eventually(lambda: len(late.deliveries) == 3)
    assert late.offsets == [6, 7, 8]


async def test_an_event_that_is_appended_again_stands_in_the_stream_once_and_costs_no_offset(
    make_node: MakeNode,
) -> None:
    """Fault 9: what is at least once out of the outbox is exactly once in the stream, whichever node repeats it."""
    first, second = await make_node().start(), await make_node().start()
    await first.append(1, 2, 3)
    await second.append(2, 3, 4, token=2)
    await second.append(1, 2, 3, 4, token=2)
    await second.append(5, token=2)
    await eventually(lambda: len(first.deliveries) >= 5)
    assert (first.numbers, first.offsets) == ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])


async def test_an_older_mover_appends_nothing_once_a_younger_one_has(make_node: MakeNode) -> None:
    node = await make_node().start()
    await node.append(1, token=5)
    await node.append(2, token=7)
    with pytest.raises(Superseded):
        await node.append(3, token=6)
    await node.append(4, token=7)
    await eventually(lambda: len(node.deliveries) == 3)
    assert (node.numbers, node.offsets) == ([1, 2, 4], [1, 2, 3])


async def test_the_history_and_the_memory_of_ids_are_bounded(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node(history=50).start()
    await node.append(*range(1000))
    client = Redis.from_url(valkey.url)
    assert 50 <= await client.xlen(STREAM) <= 200
    assert 0 < await client.ttl(STREAM) <= MEMORY_MS // 1000
    wide = make_node(history=4000)
    await wide.connect()
    await wide.append(*range(1000, MEMORY + 2000))
    assert await client.zcard("stele:{artists}:seen") == MEMORY
    assert await client.ttl("stele:{artists}:seen") > 0
    await wide.append(*range(MEMORY + 1000, MEMORY + 2000))
    last: Any = await client.xrevrange(STREAM, count=1)
    assert last[0][0] == f"0-{MEMORY + 2000}".encode()
    await client.aclose()


async def test_many_events_at_once_do_not_outrun_the_relay(make_node: MakeNode) -> None:
    """A backlog that is ten times the history arrives whole."""
    node = await make_node(history=100).start()
    await node.append(0)
    await eventually(lambda: len(node.deliveries) == 1)
    await node.append(*range(1, 1000))
    await eventually(lambda: len(node.deliveries) >= 1000)
    assert node.numbers == list(range(1000))


async def test_one_step_takes_a_quarter_of_the_history_and_less_of_what_is_large(make_node: MakeNode) -> None:
    node = make_node(history=100)
    await node.connect()
    assert await node.broker.append("artists", 1, pending(*range(1000))) == 25
    large = [Pending(f"large {number}", 1001, b"x" * 100_000) for number in range(10)]
    assert await node.broker.append("artists", 1, large) == 2
    assert await node.broker.append("artists", 1, [Pending("huge", 1001, b"x" * 1_000_000)]) == 1


async def test_what_left_the_history_unread_is_said_in_the_log(make_node: MakeNode) -> None:
    away, node = await make_node(history=10).start(), await make_node(history=10).start()
    await node.append(0)
    await eventually(lambda: len(away.deliveries) == 1)
    await away.supervisor.stop()
    await node.append(*range(1, 500))
    with capture_logs() as logs:
        task = asyncio.create_task(away.broker.relay(away, away.mover))
        await eventually(lambda: away.numbers[-1] == 499)
        task.cancel()
    (missed,) = [line for line in logs if line["event"] == "event.missed"]
    assert missed["count"] == 500 - len(away.deliveries) > 0


async def test_a_node_whose_connections_are_cut_appends_and_reads_on_without_a_gap(
    make_node: MakeNode, valkey: Valkey
) -> None:
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    for begin in range(0, 100, 20):
        await until_up(node.pipeline)
        await node.append(*range(begin, begin + 20))
        await client.client_kill_filter(_type="normal", skipme=True)
        await asyncio.sleep(0.05)
    await client.aclose()
    await eventually(lambda: len(node.deliveries) >= 100)
    assert node.offsets == list(range(1, 101))


async def test_a_stream_that_was_lost_begins_a_new_epoch_and_nothing_of_it_is_missed(
    make_node: MakeNode, valkey: Valkey
) -> None:
    """F02 (D17): FLUSHALL begins a new epoch; new events flow, each once."""
    node = await make_node().start()
    await node.append(1, 2, 3)
    await eventually(lambda: len(node.deliveries) == 3)
    client = Redis.from_url(valkey.url)
    await client.flushall()
    await node.append(4, 5)
    await eventually(lambda: len(node.deliveries) == 5)
    await client.flushall()
    await node.append(*range(6, 16))
    await eventually(lambda: len(node.deliveries) == 15)
    await client.aclose()
    assert node.offsets == [1, 2, 3, 1, 2, *range(1, 11)]
    assert node.numbers == list(range(1, 16))
    epochs = [delivery.epoch for delivery in node.deliveries]
    assert len({*epochs[:3]}) == len({*epochs[3:5]}) == len({*epochs[5:]}) == 1
    assert len({*epochs}) == 3


async def test_an_entry_that_cannot_be_read_is_passed_over_and_nothing_is_delivered_again(
    make_node: MakeNode, valkey: Valkey
) -> None:
    """Fault 3: strangers write entries without an epoch, of another one, of unknown events; each is logged and passed over."""
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    await node.append(1)
    epoch: Any = await client.get("stele:{artists}:epoch")
    with capture_logs() as logs:
        for poison in POISON:
            entry: Any = {name: value.replace("EPOCH", epoch.decode()) for name, value in poison.items()}
            await client.xadd(STREAM, entry, id="0-*")
        await node.append(2)
        await eventually(lambda: len(node.deliveries) >= 2)
    await asyncio.sleep(0.2)
    await client.aclose()
    assert (node.numbers, node.offsets) == ([1, 2], [1, 2 + len(POISON)])
    assert len([line for line in logs if line["event"] == "event.not_read"]) == len(POISON)
    assert [position.offset for position in node.losses] == list(range(2, 2 + len(POISON)))
    assert node.supervisor.failing == ()


@pytest.mark.parametrize("entry_id", ["1700000000000-0", "0-18446744073709551615"])
async def test_a_stream_that_takes_no_entry_any_more_is_begun_anew(
    make_node: MakeNode, valkey: Valkey, entry_id: str
) -> None:
    """A stranger's entry with an id beyond ours would end the topic for good."""
    node = await make_node().start()
    client = Redis.from_url(valkey.url)
    await node.append(1)
    await eventually(lambda: len(node.deliveries) == 1)
    stranger: Any = {"x": "y"}
    await client.xadd(STREAM, stranger, id=entry_id)
    await node.append(2, 3)
    await eventually(lambda: len(node.deliveries) >= 3)
    await client.delete(STREAM)
    await client.set(STREAM, "no stream")
    await node.append(4)
    await client.aclose()
    await eventually(lambda: len(node.deliveries) >= 4)
    assert (node.numbers, node.offsets) == ([1, 2, 3, 4], [1, 1, 2, 1])
    assert len({delivery.epoch for delivery in node.deliveries}) == 3


async def test_what_does_not_reach_redis_is_reported_and_the_relay_waits_for_it(
    make_node: MakeNode, tmp_path: Path
) -> None:
    with embedded_valkey(tmp_path) as server:
        node = await make_node(url=server.url).start()
        await node.append(1)
        await eventually(lambda: len(node.deliveries) == 1)
        server.kill()
        with pytest.raises(NotAppended):
            await node.append(2)
        shutil.rmtree(tmp_path / "appendonlydir")
        server.start()
        await until_up(node.pipeline)
        await node.append(2, 3)
        await eventually(lambda: len(node.deliveries) == 3)
        await node.stop()
    assert (node.numbers, node.offsets) == ([1, 2, 3], [1, 1, 2])


async def test_after_an_outage_the_relays_of_other_nodes_read_again_before_the_history_is_full(
    make_node: MakeNode, tmp_path: Path
) -> None:
    """A backlog of three times the history, and a node whose relay finds Redis later than the mover does."""
    with embedded_valkey(tmp_path) as server:
        mover, other = make_node(history=100, url=server.url), await make_node(history=100, url=server.url).start()
        await mover.connect()
        await mover.append(0)
        await eventually(lambda: len(other.deliveries) == 1)
        server.kill()
        with pytest.raises(NotAppended):
            await mover.append(1)
        await asyncio.sleep(1.7)
        server.start()
        await until_up(mover.pipeline)
        await mover.append(*range(1, 300))
        await eventually(lambda: other.numbers[-1] == 299)
        await other.stop()
    assert other.numbers == list(range(300))


async def test_the_time_that_relays_need_after_an_outage_is_given_once_and_not_for_each_topic(
    make_node: MakeNode, tmp_path: Path
) -> None:
    """All topics of one server were away together; else a contract of twenty would wait for half a minute."""
    with embedded_valkey(tmp_path) as server:
        node = make_node(url=server.url)
        await node.connect()
        lane = node.broker.reading.lane_of["artists"]
        server.kill()
        for topic in TOPICS:
            with pytest.raises(NotAppended):
                await node.broker.append(topic, 1, pending(1))
        assert lane.was_away
        server.start()
        await until_up(node.pipeline)
        await node.append(1)
        assert {topic: node.broker.reading.lane_of[topic].was_away for topic in TOPICS} == dict.fromkeys(TOPICS, False)
        await node.stop()


async def test_a_nudge_is_heard_by_the_node_that_moves_the_topic(make_node: MakeNode) -> None:
    mover, other = await make_node().start(), await make_node().start()
    mover.mover.topics.add("artists")
    async with asyncio.timeout(10):
        while not mover.mover.nudges:
            other.broker.nudge("artists")
            await asyncio.sleep(0.05)
    assert other.mover.nudges == []


async def test_a_nudge_neither_waits_nor_fails_while_redis_is_away(make_node: MakeNode) -> None:
    node = make_node(url="redis://127.0.0.1:9/0")
    node.broker.nudge("artists")


@pytest.mark.parametrize("has_more", [True, False])
async def test_a_stream_that_fell_back_behind_what_was_heard_begins_anew_and_who_heard_it_is_told(
    make_node: MakeNode, valkey: Valkey, has_more: bool
) -> None:
    """F02, a failover to a replica that lags: offsets that were heard would come again for other events, and nobody would hear them."""
    node, other = await make_node().start(), await make_node().start()
    client = Redis.from_url(valkey.url)
    await node.append(1, 2)
    older: Any = await client.dump(STREAM)
    await node.append(3, 4, 5)
    await eventually(lambda: len(node.deliveries) == len(other.deliveries) == 5)
    await client.restore(STREAM, 60_000, older, replace=True)
    await client.aclose()
    if has_more:
        await node.append(6)
    await eventually(lambda: bool(node.losses and other.losses))
    await node.append(7)
    await eventually(lambda: node.numbers[-1] == other.numbers[-1] == 7)
    assert node.offsets == [1, 2, 3, 4, 5, 1, 2] if has_more else [1, 2, 3, 4, 5, 1]
    assert node.losses == other.losses == [Position(node.deliveries[-1].epoch, 0)]


async def test_a_topic_has_a_position_before_its_first_event(make_node: MakeNode) -> None:
    """So that who is cut before it can say where it was."""
    nodes = [await make_node().start() for _ in range(2)]
    positions = [position for node in nodes for position, _ in node.moves]
    await nodes[0].append(1)
    await eventually(lambda: len(nodes[1].deliveries) == 1)
    assert set(positions) == {Position(nodes[1].deliveries[0].epoch, 0)}
    assert nodes[1].losses == []


async def test_a_stream_that_was_lost_is_told_to_the_audience(make_node: MakeNode, valkey: Valkey) -> None:
    node = await make_node().start()
    await node.append(1)
    await eventually(lambda: len(node.deliveries) == 1)
    client = Redis.from_url(valkey.url)
    await client.flushall()
    await client.aclose()
    with capture_logs() as logs:
        await node.append(2)
        await eventually(lambda: len(node.deliveries) == 2)
    assert node.losses == [Position(node.deliveries[-1].epoch, 0)]
    assert [line["topic"] for line in logs if line["event"] == "event.stream_began_anew"].count("artists") == 1
