"""Three nodes are replaced one after the other while they are used: nobody loses a call, a write or an event."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.development.servers import Postgres, Valkey
from generated.sdk_python.stele_client import AsyncClient
from generated.sdk_python.stele_client.runtime.operation import Encoding
from generated.sdk_python.stele_client.runtime.options import Transport
from tests.databases import new_database
from tests.faults.balancer import Balancer
from tests.faults.nodes import several_nodes
from tests.faults.processes import end_of
from tests.running_service import RunningService

NODES = 3
DRAIN_S = 3
END_S = 25.0
BACK_S = 10.0
OVERLAP_S = 0.5
"""How long a socket is kept beside the next one, for what is under way."""
PAGE = "GET /api/artists/paginated?page=1&per_page=5"
SDK_EACH_S = 0.05
TRANSPORTS: tuple[Transport, ...] = ("ws", "auto", "http")
ENCODINGS: tuple[Encoding, ...] = ("json", "protobuf")


@pytest.fixture
def nodes(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[list[RunningService]]:
    name = f"rolling_{uuid.uuid4().hex[:12]}"
    database = new_database(postgres, name)
    with several_nodes(servers_folder / name, database, valkey.url, NODES, drain_s=DRAIN_S) as found:
        yield found


@dataclass
class Traveller:
    """A socket that follows `artists`, moves when it is told, and comes back when it is closed. `away_s` are the times without one."""

    balancer: Balancer
    token: str
    heard: dict[str, set[int]] = field(default_factory=dict)
    """Offsets by epoch."""
    moves: int = 0
    away_s: list[float] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)
    _open: set[ClientConnection] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def travel(self) -> None:
        """Until it is cancelled."""
        port: int | None = None
        while True:
            connection, port = await self._entered(port)
            self._open.add(connection)
            told = asyncio.Event()
            self._begin(self._listen(connection, told))
            await told.wait()
            self.moves += 1

    async def _entered(self, left: int | None) -> tuple[ClientConnection, int]:
        began = time.monotonic()
        while True:
            port = self.balancer.pick(without=left)
            with suppress(OSError, TimeoutError, EOFError, ConnectionClosed):
                connection = await connect(
                    f"ws://127.0.0.1:{port}/web",
                    additional_headers={"authorization": f"Bearer {self.token}"},
                    compression=None,
                    ping_interval=None,
                    proxy=None,
                )
                await connection.send('{"type":"subscribe","topics":["artists"]}')
                await connection.recv()
                self.away_s.append(0.0 if self._open else time.monotonic() - began)
                return connection, port
            await asyncio.sleep(0.05)

    async def _listen(self, connection: ClientConnection, told: asyncio.Event) -> None:
        try:
            async for frame in connection:
                said = json.loads(frame)
                if said.get("type") == "server.draining":
                    self._begin(self._leave(connection, said["reconnect_after_ms"] / 1000, told))
                elif "offset" in said:
                    self.heard.setdefault(said["epoch"], set()).add(said["offset"])
        except ConnectionClosed:
            pass
        self._open.discard(connection)
        self.codes.append(connection.close_code)
        told.set()

    async def _leave(self, connection: ClientConnection, after_s: float, told: asyncio.Event) -> None:
        await asyncio.sleep(after_s)
        told.set()
        while len(self._open) < 2 and connection in self._open:
            await asyncio.sleep(0.02)
        await asyncio.sleep(OVERLAP_S)
        await connection.close()

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for connection in list(self._open):
            connection.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def gaps(self) -> int:
        """Events between the first and the last one that were not heard."""
        return sum(max(found) - min(found) + 1 - len(found) for found in self.heard.values())


@dataclass
class Callers:
    """`rate` calls a second over the balancer; each `write_each`-th stores an artist."""

    balancer: Balancer
    token: str
    rate: float
    write_each: int
    acked: set[str] = field(default_factory=set)
    asked: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        began = time.monotonic()
        for number in itertools.count():
            delay_s = began + number / self.rate - time.monotonic()
            if delay_s > 0:
                await asyncio.sleep(delay_s)
            self.asked += 1
            task = asyncio.create_task(self._call(number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _call(self, number: int) -> None:
        credential = f"Authorization: Bearer {self.token}"
        if number % self.write_each:
            await self.balancer.call(PAGE, credential)
            return
        name = f"rolling {uuid.uuid4()}"
        fields = (credential, "Content-Type: application/json", f"Idempotency-Key: {uuid.uuid4()}")
        body = json.dumps({"name": name}).encode()
        if await self.balancer.call("POST /api/artists", *fields, body=body) is not None:
            self.acked.add(name)

    async def settled(self) -> None:
        await asyncio.gather(*self._tasks)


async def keep_calling(client: AsyncClient, prefix: str, done: list[str]) -> None:
    """Reads and commands of a generated client; whatever fails ends the test."""
    for number in itertools.count():
        if number % 20:
            await client.artists.get_page(page=1, per_page=5)
        else:
            name = f"{prefix} {number}"
            await client.artists.create(name=name)
            done.append(name)
        await asyncio.sleep(SDK_EACH_S)


@asynccontextmanager
async def clients(nodes: list[RunningService], token: str) -> AsyncIterator[list[AsyncClient]]:
    """Over each door and encoding; each knows all nodes, in an order of its own."""
    urls = [node.url for node in nodes]
    kinds: list[tuple[Transport, Encoding]] = list(itertools.product(TRANSPORTS, ENCODINGS))
    found = [
        AsyncClient(urls[at % NODES :] + urls[: at % NODES], token=token, transport=transport, encoding=encoding)
        for at, (transport, encoding) in enumerate(kinds)
    ]
    try:
        yield found
    finally:
        for client in found:
            await client.close()


async def replace(node: RunningService) -> tuple[float, int | None]:
    """By its successor at the same address."""
    os.kill(node.process.pid, signal.SIGTERM)
    ended = await end_of(node.process.pid, END_S)
    await asyncio.to_thread(node.process.stop)
    await asyncio.to_thread(node.process.start)
    return ended


@pytest.mark.timeout(420)
@pytest.mark.survives("M08", "D26", "D17")
@pytest.mark.parametrize(
    ("rate", "sockets", "write_each"),
    [
        pytest.param(200.0, 150, 20, id="150 sockets"),
        pytest.param(200.0, 600, 100, id="600 sockets", marks=pytest.mark.long),
    ],
)
async def test_a_rolling_restart_costs_nobody_anything(
    nodes: list[RunningService], rate: float, sockets: int, write_each: int
) -> None:
    """M08 (D26): three nodes are replaced one after the other under 200 calls a second over a balancer that asks `/readyz`, with 150 sockets
    (600 in the long form) and six generated clients. Every exit code is 0; no call fails, where one that is answered 503, or whose kept
    connection had ended, is made once more;
    the clients see no error at all; each socket that was closed is back within 10 s; what was acknowledged is stored; no socket that opened the
    next before it left misses an event."""
    token = await nodes[0].token("editor")
    balancer = Balancer([node.port for node in nodes])
    callers = Callers(balancer, token, rate, write_each)
    travellers = [Traveller(balancer, token) for _ in range(sockets)]
    done: list[str] = []
    async with clients(nodes, token) as used:
        running = [asyncio.create_task(one.travel()) for one in travellers]
        looking = asyncio.create_task(balancer.run())
        while not all(one.away_s for one in travellers):
            await asyncio.sleep(0.1)
        calling = asyncio.create_task(callers.run())
        working = [asyncio.create_task(keep_calling(one, f"sdk {uuid.uuid4()}", done)) for one in used]
        await asyncio.sleep(1.0)
        ended = []
        for node in nodes:
            ended.append(await replace(node))
            await asyncio.sleep(1.0)
        calling.cancel()
        await callers.settled()
        failed = [task.exception() for task in working if task.done()]
        for task in [*working, *running, looking]:
            task.cancel()
        await asyncio.gather(*working, *running, looking, calling, return_exceptions=True)
    await asyncio.sleep(0.5)
    for one in travellers:
        await one.end()
    assert [code for _, code in ended] == [0] * NODES, ended
    assert balancer.failed == []
    assert balancer.answered == callers.asked > 3000
    assert failed == []
    assert max(moment for one in travellers for moment in one.away_s) <= BACK_S
    assert sum(one.moves for one in travellers) >= sockets, "each node had sockets that had to go"
    assert sum(one.gaps for one in travellers) == 0
    stored = await names(nodes[0])
    assert callers.acked | set(done) <= stored
    assert len(callers.acked) > 10


async def names(node: RunningService) -> set[str]:
    connection = await asyncpg.connect(node.environment["DATABASE_URL"].replace("+asyncpg", ""))
    rows = await connection.fetch("SELECT name FROM artist")
    await connection.close()
    return {row["name"] for row in rows}
