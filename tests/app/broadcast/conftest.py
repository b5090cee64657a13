"""A real Valkey, and brokers of several nodes on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from redis.asyncio import Redis

from app.broadcast.broker import Delivery
from app.broadcast.redis_broker import RedisBroker
from app.db.pipelined_redis import PipelinedConnection
from app.development.servers import Valkey
from app.supervision.supervisor import Supervisor
from generated.operations import TOPICS, Topic
from generated.wire import EVENT_CODECS


@dataclass
class Node:
    """One node's broker with what it delivered."""

    broker: RedisBroker
    pipeline: PipelinedConnection
    reader: Redis
    deliveries: list[Delivery] = field(default_factory=list)
    supervisor: Supervisor = field(default_factory=Supervisor)

    @property
    def offsets(self) -> list[int]:
        return [delivery.offset for delivery in self.deliveries]

    async def start(self) -> Node:
        self.supervisor.start("redis-connection", self.pipeline.run)
        await self.pipeline.ready()
        await self.broker.start(self.deliveries.append)
        return self

    async def stop(self) -> None:
        await self.broker.stop()
        await self.supervisor.stop()
        await self.reader.aclose()


MakeNode = Callable[..., Node]


@pytest.fixture
async def make_node(valkey: Valkey) -> AsyncIterator[MakeNode]:
    """Nodes share the topics' streams; `history` bounds them."""
    nodes: list[Node] = []

    def make(history: int = 1000, protocol: int = 3, url: str = "") -> Node:
        pipeline, reader = PipelinedConnection(url or valkey.url), Redis.from_url(url or valkey.url, protocol=protocol)
        topics = TOPICS | {"authors": Topic("authors", history, 60.0, True)}
        broker = RedisBroker(pipeline, reader, topics=topics, codecs=EVENT_CODECS)
        nodes.append(Node(broker, pipeline, reader))
        return nodes[-1]

    client = Redis.from_url(valkey.url)
    await client.flushall()
    yield make
    for node in nodes:
        await node.stop()
    await client.aclose()
