"""A real Valkey, brokers of several nodes on it, and movers between it and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from app.broadcast.broker import Delivery, Pending, Position
from app.broadcast.outbox import Outbox
from app.broadcast.redis_broker import RedisBroker
from app.broadcast.stream_reader import StreamReader
from app.db.database import Executor
from app.db.pipelined_redis import RedisConnection
from app.db.redis_connections import make_connection
from app.development.servers import Valkey
from app.supervision.supervisor import Supervisor
from generated.operations import OPERATIONS, TOPICS, Operation, Topic
from generated.results import Artist, ArtistCreated
from generated.wire import EVENT_CODECS
from tests.redis_connections import until_up

CREATE = OPERATIONS["create_artist"]
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def event(number: int) -> ArtistCreated:
    name = f"Ünal {number}"
    return ArtistCreated(
        artist=Artist(id=number, name=name, bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)
    )


async def put_out(outbox: Outbox, executor: Executor, events: Sequence[Any], operation: Operation = CREATE) -> None:
    """The events' rows, in the executor's transaction if it is one."""
    rows = outbox.rows_of(operation, events)
    if rows is not None:
        await executor.execute(rows.statement, **rows.parameters)


def pending(*numbers: int) -> list[Pending]:
    """Equal numbers are equal events."""
    now_ms = int(time.time() * 1000)
    return [
        Pending(f"event {number}", 1001, EVENT_CODECS[1001].encode_json(event(number)), now_ms) for number in numbers
    ]


async def eventually(condition: Callable[[], bool], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


class Nobody:
    """Moves nothing, or what it is told to; counts its nudges."""

    def __init__(self) -> None:
        self.topics: set[str] = set()
        self.nudges: list[str] = []

    def moves(self, topic: str) -> bool:
        return topic in self.topics

    def nudge(self, topic: str) -> None:
        self.nudges.append(topic)


@dataclass
class Node:
    """One node's broker with what its relay delivered."""

    broker: RedisBroker
    pipeline: RedisConnection
    supervisor: Supervisor = field(default_factory=Supervisor)
    mover: Nobody = field(default_factory=Nobody)
    deliveries: list[Delivery] = field(default_factory=list)
    moves: list[tuple[Position, bool]] = field(default_factory=list)
    """Of the topic of artists: where to, and whether something was lost."""

    @property
    def offsets(self) -> list[int]:
        return [delivery.offset for delivery in self.deliveries]

    @property
    def numbers(self) -> list[int]:
        return [delivery.event.artist.id for delivery in self.deliveries]

    def deliver(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)

    def move(self, topic: str, position: Position, *, lost: bool) -> None:
        if topic == "artists":
            self.moves.append((position, lost))

    @property
    def losses(self) -> list[Position]:
        return [position for position, lost in self.moves if lost]

    async def connect(self) -> Node:
        """Without a relay."""
        self.supervisor.start("redis-connection", self.pipeline.run)
        await until_up(self.pipeline)
        return self

    async def start(self) -> Node:
        """With one who follows the artists."""
        await self.connect()
        await self.broker.reading.find_ends(self)
        await self.follow()
        self.supervisor.start("relay", lambda: self.broker.relay(self, self.mover))
        return self

    async def follow(self) -> None:
        self.broker.reading.hold("artists")
        await self.broker.reading.begin("artists")

    async def append(self, *numbers: int, token: int = 1) -> None:
        events = pending(*numbers)
        while events:
            del events[: await self.broker.append("artists", token, events)]

    async def stop(self) -> None:
        await self.supervisor.stop()
        await self.broker.aclose()


MakeNode = Callable[..., Node]


@pytest.fixture
async def make_node(valkey: Valkey) -> AsyncIterator[MakeNode]:
    """Nodes share the topics' streams; `history` bounds them."""
    nodes: list[Node] = []

    def make(
        history: int = 1000,
        protocol: int = 3,
        url: str = "",
        keep_s: float = 60.0,
        linger_s: float = 60.0,
        reader: type[StreamReader] = StreamReader,
    ) -> Node:
        pipeline = make_connection(url or valkey.url)
        topics = TOPICS | {"artists": Topic("artists", history, keep_s, True)}
        make_reader = partial(reader, protocol=protocol)
        broker = RedisBroker(pipeline, topics=topics, codecs=EVENT_CODECS, make_reader=make_reader, linger_s=linger_s)
        nodes.append(Node(broker, pipeline))
        return nodes[-1]

    client = Redis.from_url(valkey.url)
    await client.flushall()
    yield make
    for node in nodes:
        await node.stop()
    await client.aclose()


@pytest.fixture
async def raw(migrated: str) -> AsyncIterator[asyncpg.Connection]:
    """A session of PostgreSQL beside the service's, and an outbox without rows."""
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute("DELETE FROM event_outbox")
    yield connection
    await connection.close()
