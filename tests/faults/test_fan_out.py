"""One subscriber that stops reading, and what the others and the node notice of it: nothing much."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
import uuid
from contextlib import AsyncExitStack, suppress
from typing import Any

import asyncpg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.development.servers import Postgres
from app.ws.outbox import CHECK_S, LINGER_S, STALL_S
from tests.faults.raw_socket import RawSocket
from tests.running_service import RunningService
from tests.spent import resident_kib

EVENTS_PER_BATCH, CALM_BATCHES, BATCHES = 16, 16, 48
BIO = "\N{BOOKS}" * 1990
NOISE_S = 0.15
"""Two shared cores: what a p99 of some hundred deliveries moves by itself."""
RSS_KIB = 2048 + 2048
"""M05 allows 2 MiB; as much again is the allocator's."""


class Crowd:
    """Subscribers that read at once; `delays` are the seconds from an event's request to its arrival, at each of them."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, int], float] = {}
        self.delays: dict[str, list[float]] = {}

    async def join(self, service: RunningService, token: str, stack: AsyncExitStack) -> None:
        socket = await stack.enter_async_context(dial(service, token))
        await follow(socket)
        task = asyncio.create_task(self._listen(socket))
        stack.callback(task.cancel)

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in socket:
                now = time.monotonic()
                for prefix, batch in re.findall(r'"name":"([0-9a-f]{32}) (\d+) ', str(text)):
                    if (sent := self._sent.get((prefix, int(batch)))) is not None:
                        self.delays.setdefault(prefix, []).append(now - sent)

    async def publish(self, service: RunningService, token: str, batches: int, every_s: float, readers: int) -> str:
        """Creates artists of 8 KB, and waits until every subscriber has heard of each; the prefix of their names."""
        prefix, stored = uuid.uuid4().hex, 0
        async with dial(service, token) as socket:
            for batch in range(batches):
                self._sent[prefix, batch] = begun = time.monotonic()
                for number in range(EVENTS_PER_BATCH):
                    data = {"name": f"{prefix} {batch} {number}", "bio": BIO}
                    await socket.send(json.dumps({"pkg_id": 3, "req_id": str(uuid.uuid4()), "data": data}))
                replies = [json.loads(await socket.recv()) for _ in range(EVENTS_PER_BATCH)]
                stored += sum(reply["status_code"] == 0 for reply in replies)
                await asyncio.sleep(begun + every_s - time.monotonic())
        async with asyncio.timeout(60):
            while len(self.delays.get(prefix, ())) < stored * readers:
                await asyncio.sleep(0.1)
        return prefix

    def p99(self, prefix: str) -> float:
        found = sorted(self.delays[prefix])
        return found[math.ceil(len(found) * 0.99) - 1]


def dial(service: RunningService, token: str) -> Any:
    return connect(
        f"{service.url.replace('http', 'ws')}/web", additional_headers={"authorization": f"Bearer {token}"}, proxy=None
    )


async def follow(socket: ClientConnection, *positions: dict[str, Any]) -> Any:
    frame = {"type": "subscribe", "topics": ["artists"]} | ({"positions": list(positions)} if positions else {})
    await socket.send(json.dumps(frame))
    return json.loads(await socket.recv())


async def forget(postgres: Postgres, *prefixes: str) -> None:
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    for prefix in prefixes:
        await connection.execute("DELETE FROM artist WHERE name LIKE $1", f"{prefix}%")
    await connection.close()


async def sample(pid: int, sizes: list[int]) -> None:
    while True:
        sizes.append(resident_kib(pid))
        await asyncio.sleep(0.1)


@pytest.mark.survives("M05")
@pytest.mark.parametrize(
    ("others", "every_s"),
    [(10, 0.1), pytest.param(499, 2.0, marks=[pytest.mark.long, pytest.mark.timeout(600)])],
)
async def test_a_subscriber_that_stops_reading_costs_the_others_no_time_and_the_node_no_memory(
    service: RunningService, postgres: Postgres, others: int, every_s: float
) -> None:
    """M05 (D17): one of many subscribers stops reading while 6 MB of events are published to each. The p99 of the others is at most
    1.2 times what it was before, the node's memory grows by no more than the bound of what waits for it, and it is closed as
    slow_consumer. When the subscriber is back it hears all that it missed, and what is published from then on, in order and once."""
    reader, editor = await service.token("reader"), await service.token("editor")
    pid, crowd = service.process.pid, Crowd()
    async with AsyncExitStack() as stack:
        for _ in range(others):
            await crowd.join(service, reader, stack)
        sizes: list[int] = []
        stack.callback(asyncio.create_task(sample(pid, sizes)).cancel)
        calm = await crowd.publish(service, editor, CALM_BATCHES, every_s, others)
        before_kib = max(sizes)
        stopped = await RawSocket.open(service.port, reader)
        stopped.say(type="subscribe", topics=["artists"])
        await asyncio.sleep(0.2)
        beside = await crowd.publish(service, editor, BATCHES, every_s, others)
        grown_kib = max(sizes) - before_kib
        async with asyncio.timeout(30):
            await stopped.read(50e6, until=10_000)
        stopped.leave()
        assert stopped.place is not None
        epoch, offset = stopped.place
        returned = await stack.enter_async_context(dial(service, reader))
        subscribed = await follow(returned, {"topic": "artists", "epoch": epoch, "offset": offset})
        after = await crowd.publish(service, editor, 1, every_s, others)
        missed = EVENTS_PER_BATCH * BATCHES - (stopped.count - 1)  # One of its messages answered.
        heard = [json.loads(await returned.recv())["offset"] for _ in range(missed + EVENTS_PER_BATCH)]
    await forget(postgres, calm, beside, after)
    print(f"p99 {crowd.p99(calm):.3f} s, beside it {crowd.p99(beside):.3f} s; memory +{grown_kib} KiB")
    assert stopped.close_code == 4430
    assert crowd.p99(beside) <= 1.2 * crowd.p99(calm) + NOISE_S
    assert grown_kib <= RSS_KIB
    assert subscribed["positions"][0]["recovered"]
    assert missed > 0
    assert heard == list(range(offset + 1, offset + 1 + len(heard)))


@pytest.mark.survives("M05")
async def test_a_subscriber_that_takes_nothing_is_closed_after_10_s_however_little_waits(
    service: RunningService, postgres: Postgres
) -> None:
    """M05 (D17): a subscriber takes nothing, and less than the 1 MiB of events that may wait for it does. Once it has not taken a
    byte for 10 s it is closed as slow_consumer, and hears so when it reads again."""
    reader, editor = await service.token("reader"), await service.token("editor")
    crowd, prefixes = Crowd(), []
    stopped = await RawSocket.open(service.port, reader)
    stopped.say(type="subscribe", topics=["artists"])
    await asyncio.sleep(0.2)
    before, now = -1, stopped.unsent_at_server()
    while now > before:
        prefixes.append(await crowd.publish(service, editor, 1, 0.0, 0))
        await asyncio.sleep(0.2)
        before, now = now, stopped.unsent_at_server()
    begun = time.monotonic()
    await asyncio.sleep(STALL_S + CHECK_S + 1.0)
    async with asyncio.timeout(10):
        await stopped.read(50e6, until=10_000)
    stopped.leave()
    await forget(postgres, *prefixes)
    assert stopped.close_code == 4430
    assert stopped.count <= EVENTS_PER_BATCH * len(prefixes), "what waited was dropped"
    assert time.monotonic() - begun < STALL_S + LINGER_S, "it was closed, not cut off"
