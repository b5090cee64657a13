"""Two nodes on one database and one Valkey of their own, and a socket that writes down what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import asyncpg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.development.servers import Postgres, Valkey, embedded_valkey
from tests.databases import new_database
from tests.doors import rest
from tests.running_service import RunningService


@dataclass
class Nodes:
    """`first` and `second` are nodes; `database` is theirs, as settings take it."""

    first: RunningService
    second: RunningService
    valkey: Valkey
    database: str

    def other(self, node: RunningService) -> RunningService:
        return self.second if node is self.first else self.first

    def mover(self) -> RunningService:
        """The node that said last that it moves the topic."""
        return max((self.first, self.second), key=lambda node: _last_claim(node.log()))

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.database.replace("+asyncpg", ""))

    async def emptied(self, within_s: float = 20.0) -> None:
        """Every committed event is in the stream."""
        connection = await self.connect()
        async with asyncio.timeout(within_s):
            while await connection.fetchval("SELECT count(*) FROM event_outbox"):
                await asyncio.sleep(0.02)
        await connection.close()

    async def committed(self, prefix: str) -> list[str]:
        """Names of artists in the order of their ids."""
        connection = await self.connect()
        rows = await connection.fetch("SELECT name FROM artist WHERE name LIKE $1 ORDER BY id", f"{prefix}%")
        await connection.close()
        return [row["name"] for row in rows]


def _last_claim(log: str) -> str:
    lines = [json.loads(line) for line in log.splitlines() if "event.mover_takes" in line]
    return str(lines[-1]["timestamp"]) if lines else ""


@contextlib.contextmanager
def two_nodes(folder: Path, postgres: Postgres, name: str) -> Iterator[Nodes]:
    database = new_database(postgres, name)
    with (
        embedded_valkey(folder / "valkey") as valkey,
        RunningService(folder / "first", database, valkey.url) as first,
        RunningService(folder / "second", database, valkey.url) as second,
    ):
        yield Nodes(first, second, valkey, database)


@contextlib.contextmanager
def several_nodes(
    folder: Path, database: str, redis_url: str, count: int, *, drain_s: int = 0
) -> Iterator[list[RunningService]]:
    """On one database and one Valkey; tokens of one issuer, which last for an hour."""
    with contextlib.ExitStack() as stack:
        issuer, found = None, list[RunningService]()
        for number in range(count):
            node = RunningService(
                folder / str(number), database, redis_url, issuer=issuer, access_s=3600, DRAIN_S=str(drain_s)
            )
            found.append(stack.enter_context(node))
            issuer = issuer or node.issuer
        yield found


async def write(node: RunningService, names: list[str]) -> None:
    """One artist after the other; each is acknowledged."""
    async with rest(node.url, await node.token("editor")) as door:
        for name in names:
            assert (await door.call("create_artist", name=name)).code == "ok"


def named(count: int) -> list[str]:
    """Names that nobody else has, with one beginning."""
    prefix = uuid.uuid4().hex
    return [f"{prefix} {index}" for index in range(count)]


@dataclass
class Listener:
    """Follows `artists` at one node until left; what it heard, in order."""

    node: RunningService
    names: list[str] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    """Epoch and offset of each."""

    async def __aenter__(self) -> Self:
        token = await self.node.token("reader")
        self._socket = await connect(
            f"{self.node.url.replace('http', 'ws')}/web",
            additional_headers={"authorization": f"Bearer {token}"},
            proxy=None,
        )
        await self._socket.send('{"type":"subscribe","topics":["artists"]}')
        await self._socket.recv()
        self._task = asyncio.create_task(self._listen(self._socket))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        self._socket.transport.abort()

    async def _listen(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for frame in socket:
                said = json.loads(frame)
                if said.get("topic") == "artists" and "data" in said:
                    self.names.append(said["data"]["artist"]["name"])
                    self.places.append((said["epoch"], said["offset"]))

    def heard(self, prefix: str) -> list[str]:
        return [name for name in self.names if name.startswith(prefix)]

    async def hears(self, prefix: str, count: int, within_s: float = 20.0) -> None:
        """Waits until so many names were heard, and a little longer for those too many."""
        until = time.monotonic() + within_s
        while len(self.heard(prefix)) < count:
            assert time.monotonic() < until, self._state(prefix)
            assert not self._task.done(), self._state(prefix)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)

    def _state(self, prefix: str) -> str:
        """For a failure's report."""
        close = self._socket.close_code
        return f"heard {self.heard(prefix)} at {self.places[-30:]}, closed {close}\n{self.node.log()[-4000:]}"

    def is_dense(self) -> bool:
        """Within each epoch no offset is missing or double."""
        return all(
            offset == before + 1 if epoch == old else offset == 1
            for (old, before), (epoch, offset) in zip(self.places, self.places[1:], strict=False)
        )
