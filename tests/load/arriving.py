"""How soon an event is heard: from the call that causes it to followers at each of three nodes; and how soon the sockets of a node have what they
missed, when all of them come back at once.

`python -m tests.load.arriving` prints it. Bounded: ten seconds of calls, then three rounds of coming back. Load, nodes, PostgreSQL and Valkey share the machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg
import uvloop

from tests.load.client import frame, upgrade
from tests.load.passing import INSERT, PKG_ID, SUBSCRIBE, Programs, programs, sample_event, until_moved
from tests.load.sockets import Socket, connect, open_many
from tests.running_service import RunningService
from tests.spent import cpu_s

FOLLOWERS = 100
"""At each node."""
CALLS, EVERY_S = 200, 0.05
RETURNING, MISSED, ROUNDS = 1000, 100, 3
ANSWER_S = 60.0
MARK = re.compile(rb'"name":"arrives (\d+) ')
PUSH = b'"pkg_id":%d,' % PKG_ID
POSITION = re.compile(rb'"positions":(\[.*?\])')


@dataclass
class Arrivals:
    """When each call was made, and how long after it each follower heard of it."""

    asked: dict[int, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def hear(self, data: bytes) -> None:
        now = time.perf_counter()
        self.seconds += [now - self.asked[int(number)] for number in MARK.findall(data)]


@dataclass
class Returns:
    """Counts what all that came back have heard; a push may be cut between two pieces."""

    wanted: int
    heard: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def listener(self) -> Callable[[bytes], None]:
        rest = b""

        def hear(data: bytes) -> None:
            nonlocal rest
            whole = rest + data
            self.heard += whole.count(PUSH)
            rest = whole[max(0, len(whole) - len(PUSH) + 1) :]
            if self.heard >= self.wanted:
                self.done.set()

        return hear


async def _greeting(node: RunningService) -> bytes:
    return upgrade("/web", {"Authorization": f"Bearer {await node.token('admin')}"})


async def arrivals(found: Programs) -> list[float]:
    """Seconds, of each call at one node and each of the followers at all three."""
    nodes, heard, sockets = (found.mover, found.follower, found.idle), Arrivals(), list[Socket]()
    for node in nodes:
        sockets += await open_many(node.port, await _greeting(node), FOLLOWERS, heard.hear)
    for socket in sockets:
        socket.send(frame(SUBSCRIBE, binary=False))
    await asyncio.sleep(2.0)
    caller = await connect(found.mover.port, await _greeting(found.mover))
    for number in range(CALLS):
        text = f'{{"pkg_id":3,"req_id":"{uuid.uuid4()}","data":{{"name":"arrives {number} {uuid.uuid4().hex}"}}}}'
        heard.asked[number] = time.perf_counter()
        caller.send(frame(text.encode(), binary=False))
        await asyncio.sleep(EVERY_S)
    async with asyncio.timeout(ANSWER_S):
        while len(heard.seconds) < CALLS * len(sockets):
            await asyncio.sleep(0.05)
    for socket in (*sockets, caller):
        socket.close()
    return heard.seconds


async def _position(node: RunningService) -> str:
    """Where the topic is now, as JSON."""
    told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def hear(data: bytes) -> None:
        if (found := POSITION.search(data)) and not told.done():
            told.set_result(found[1])

    socket = await connect(node.port, await _greeting(node), hear)
    socket.send(frame(SUBSCRIBE, binary=False))
    (position,) = json.loads(await asyncio.wait_for(told, ANSWER_S))
    socket.close()
    return json.dumps({name: position[name] for name in ("topic", "epoch", "offset")})


async def returns(found: Programs, url: str) -> tuple[float, float]:
    """Seconds until the last of those that come back at once has all that it missed, and microseconds of the node's processor for each event that one
    of them is told."""
    node = found.follower
    position = await _position(node)
    connection = await asyncpg.connect(url)
    await connection.execute(INSERT, PKG_ID, sample_event(), MISSED)
    await until_moved(connection)
    await connection.close()
    counted = Returns(RETURNING * MISSED)
    greeting = await _greeting(node)
    sockets: list[Socket] = []
    for _ in range(RETURNING):
        sockets += await open_many(node.port, greeting, 1, counted.listener())
    resume = frame(f'{{"type":"subscribe","topics":["artists"],"positions":[{position}]}}'.encode(), binary=False)
    spent, begun = cpu_s(node.process.pid), time.perf_counter()
    for socket in sockets:
        socket.send(resume)
    await asyncio.wait_for(counted.done.wait(), ANSWER_S)
    took, spent = time.perf_counter() - begun, cpu_s(node.process.pid) - spent
    for socket in sockets:
        socket.close()
    await asyncio.sleep(1.0)
    assert counted.heard == counted.wanted, f"{counted.heard} events of {counted.wanted}"
    return took, spent / counted.wanted * 1e6


async def measure() -> str:
    with programs() as (found, url):
        heard = sorted(await arrivals(found))
        back = [await returns(found, url) for _ in range(ROUNDS)]
    p50, p99 = (heard[int(len(heard) * share)] * 1000 for share in (0.5, 0.99))
    took, each = (statistics.median(column) for column in zip(*back, strict=True))
    return "\n".join(
        [
            f"from the call to {3 * FOLLOWERS} followers at three nodes, {len(heard)} times: p50 {p50:.1f} ms, p99 {p99:.1f} ms",
            f"{RETURNING} sockets that missed {MISSED} events come back at once: the last has all after {took:.2f} s, {each:.1f} CPU µs each",
        ]
    )


if __name__ == "__main__":
    print(uvloop.run(measure()))
    sys.exit(0)
