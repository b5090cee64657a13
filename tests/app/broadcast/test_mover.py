"""Committed events reach the stream once and in order, whatever falls silent; between a real PostgreSQL and a real Valkey."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from app.broadcast.broker import Broker, NotAppended, Pending
from app.broadcast.mover import BATCH, TICK_S, Mover
from app.broadcast.outbox import Outbox
from app.broadcast.topics import Topics
from app.db.database import Database
from app.db.transaction import Transaction
from app.development.servers import Valkey
from app.supervision.supervisor import Supervisor
from generated.operations import TOPICS
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS, EVENT_OF
from tests.app.broadcast.conftest import MakeNode, Node, event, eventually, put_out


class Moving:
    """A mover that runs, with the outbox that wakes it."""

    def __init__(self, database: Database, broker: Broker) -> None:
        self.depths: list[tuple[int, float]] = []
        self.mover = Mover(database, broker, TOPICS, on_depth=lambda *depth: self.depths.append(depth))
        self.outbox = Outbox(EVENT_OF, EVENT_CODECS, Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS), wake=self.mover.wake)
        self.supervisor = Supervisor()
        self._database = database

    async def start(self) -> None:
        self.supervisor.start("mover", self.mover.work)

    async def publish(self, *numbers: int) -> None:
        """One transaction."""
        transaction = Transaction(self._database)
        events = [event(number) for number in numbers]
        await put_out(self.outbox, transaction, events)
        await transaction.commit()
        self.outbox.wake(events)


MakeMoving = Callable[[Broker], Moving]


@pytest.fixture
async def make_moving(migrated: str, raw: asyncpg.Connection) -> AsyncIterator[MakeMoving]:
    """Each with a pool of its own, as each node has."""
    made: list[tuple[Moving, Database]] = []

    def make(broker: Broker) -> Moving:
        database = Database(migrated, 4)
        made.append((Moving(database, broker), database))
        return made[-1][0]

    yield make
    for moving, database in made:
        await moving.supervisor.stop()
        await database.close()


async def waiting(raw: asyncpg.Connection) -> int:
    return int(await raw.fetchval("SELECT count(*) FROM event_outbox"))


async def emptied(raw: asyncpg.Connection) -> None:
    async with asyncio.timeout(15):
        while await waiting(raw):
            await asyncio.sleep(0.02)


@pytest.fixture
async def node(make_node: MakeNode) -> Node:
    return await make_node().start()


async def test_what_is_committed_is_heard_once_in_order_and_its_rows_are_gone(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    moving = make_moving(node.broker)
    await moving.start()
    for begin in range(0, 60, 3):
        await moving.publish(begin, begin + 1, begin + 2)
    await eventually(lambda: len(node.deliveries) >= 60)
    await emptied(raw)
    assert (node.numbers, node.offsets) == (list(range(60)), list(range(1, 61)))


async def test_a_mover_hands_on_the_span_of_the_call_though_it_tells_none_itself(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    moving, said = make_moving(node.broker), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await moving.publish(1, 2)
    await raw.execute("UPDATE event_outbox SET traceparent = $1 WHERE id = (SELECT min(id) FROM event_outbox)", said)
    await moving.start()
    await eventually(lambda: len(node.deliveries) == 2)
    assert [(one.event.artist.id, one.traceparent) for one in node.deliveries] == [(1, said), (2, "")]


async def test_a_backlog_of_several_batches_keeps_its_order(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    moving, count = make_moving(node.broker), 2 * BATCH + 7
    await moving.publish(*range(count))
    await moving.start()
    await eventually(lambda: len(node.deliveries) >= count)
    await emptied(raw)
    assert (node.numbers, node.offsets) == (list(range(count)), list(range(1, count + 1)))


async def test_a_row_whose_transaction_commits_late_is_not_missed(
    node: Node, make_moving: MakeMoving, migrated: str, raw: asyncpg.Connection
) -> None:
    """Its id is smaller than those of rows that have gone before it."""
    moving = make_moving(node.broker)
    await moving.start()
    database = Database(migrated, 1)
    late = Transaction(database)
    await put_out(moving.outbox, late, [event(1)])
    await moving.publish(2)
    await eventually(lambda: node.numbers == [2])
    await late.commit()
    await eventually(lambda: len(node.deliveries) >= 2)
    await database.close()
    await emptied(raw)
    assert (node.numbers, node.offsets) == ([2, 1], [1, 2])


async def test_a_woken_mover_does_not_wait_for_its_next_look(node: Node, make_moving: MakeMoving) -> None:
    moving = make_moving(node.broker)
    await moving.start()
    await moving.publish(0)
    await eventually(lambda: len(node.deliveries) == 1)
    begun = time.monotonic()
    for number in range(1, 21):
        await moving.publish(number)
        await eventually(lambda number=number: len(node.deliveries) > number)  # type: ignore[misc]  # a default is no parameter
    assert time.monotonic() - begun < 20 * TICK_S / 3


async def test_a_mover_on_another_node_is_told(make_node: MakeNode, make_moving: MakeMoving) -> None:
    holder, other = make_node(), make_node()
    moving, telling = make_moving(holder.broker), make_moving(other.broker)
    holder.mover, other.mover = moving.mover, telling.mover  # type: ignore[assignment]  # real ones in the place of the stand-ins
    for one, node in ((moving, holder), (telling, other)):
        await node.start()
        await one.start()
        await eventually(lambda: moving.mover.moves("artists"))
    assert not telling.mover.moves("artists")
    await telling.publish(0)
    await eventually(lambda: len(other.deliveries) == 1)
    begun = time.monotonic()
    for number in range(1, 21):
        await telling.publish(number)
        await eventually(lambda number=number: len(other.deliveries) > number)  # type: ignore[misc]  # a default is no parameter
    assert time.monotonic() - begun < 20 * TICK_S / 3
    assert other.offsets == holder.offsets == list(range(1, 22))


async def test_a_mover_that_is_gone_is_replaced_within_5_s(make_node: MakeNode, make_moving: MakeMoving) -> None:
    node = await make_node().start()
    first, second = make_moving(node.broker), make_moving(node.broker)
    await first.start()
    await eventually(lambda: first.mover.moves("artists"))
    await second.start()
    await second.publish(1)
    await eventually(lambda: len(node.deliveries) == 1)
    assert not second.mover.moves("artists")
    await first.supervisor.stop()
    await eventually(lambda: second.mover.moves("artists"), within_s=5.0)
    await second.publish(2)
    await eventually(lambda: len(node.deliveries) == 2)
    assert node.offsets == [1, 2]


async def test_a_mover_whose_session_postgresql_ended_takes_its_place_again(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    moving = make_moving(node.broker)
    await moving.start()
    for number in range(3):
        await moving.publish(number)
        await eventually(lambda number=number: len(node.deliveries) > number)  # type: ignore[misc]  # a default is no parameter
        ended = await raw.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stele-mover'"
        )
        assert ended == 1
    await moving.publish(3)
    await eventually(lambda: len(node.deliveries) >= 4)
    assert node.offsets == [1, 2, 3, 4]
    assert moving.supervisor.failing == ()


class Doubtful:
    """A broker that appends, and says every other time that it does not know; counts what it was asked."""

    def __init__(self, inner: Broker) -> None:
        self._inner = inner
        self.asked = 0
        self.is_away = False

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        self.asked += 1
        if self.is_away:
            raise NotAppended(topic)
        count = await self._inner.append(topic, token, events)
        if self.asked % 2:
            raise NotAppended(topic)
        return count

    def nudge(self, topic: str) -> None:
        self._inner.nudge(topic)

    async def relay(self, deliver: Any, mover: Any) -> None:
        await self._inner.relay(deliver, mover)


async def test_an_append_of_unknown_outcome_is_repeated_and_heard_once(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    broker = Doubtful(node.broker)
    moving = make_moving(broker)
    await moving.start()
    for number in range(10):
        await moving.publish(number)
        await emptied(raw)
    await eventually(lambda: len(node.deliveries) >= 10)
    assert (node.numbers, node.offsets, broker.asked) == (list(range(10)), list(range(1, 11)), 20)


async def test_while_the_stream_is_away_rows_wait_without_haste_and_are_counted(
    node: Node, make_moving: MakeMoving, raw: asyncpg.Connection
) -> None:
    broker = Doubtful(node.broker)
    broker.is_away = True
    moving = make_moving(broker)
    await moving.start()
    for number in range(200):
        await moving.publish(number)
    await asyncio.sleep(2.5)
    assert await waiting(raw) == 200
    assert 0 < broker.asked <= 20
    rows, age_s = moving.depths[-1]
    assert rows == 200
    assert 0 < age_s < 60
    broker.is_away = False
    await eventually(lambda: len(node.deliveries) >= 200)
    await eventually(lambda: moving.depths[-1] == (0, 0.0))
    assert (node.numbers, node.offsets) == (list(range(200)), list(range(1, 201)))


async def test_a_mover_without_its_database_waits_for_it() -> None:
    unused: Any = None
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:9/none", 1)
    moving = Moving(database, unused)
    await moving.start()
    await asyncio.sleep(0.5)
    assert moving.supervisor.failing == ()
    await moving.supervisor.stop()
    await database.close()


async def test_a_superseded_mover_takes_its_place_again(node: Node, make_moving: MakeMoving, valkey: Valkey) -> None:
    """Its clock was set back by a second: it waits for as long, and goes on."""
    moving = make_moving(node.broker)
    await moving.start()
    await eventually(lambda: moving.mover.moves("artists"))
    client = Redis.from_url(valkey.url)
    await client.set("stele:{artists}:mover", time.time_ns() // 1000 + 1_000_000)
    await client.aclose()
    await moving.publish(1)
    await eventually(lambda: len(node.deliveries) == 1)
    assert node.offsets == [1]
