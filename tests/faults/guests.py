"""Many sockets at one node that write down what they are told when it ends: the control frame, replies, the close, and when."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.wrappers_pb2 import Int32Value
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.ws.envelope import ControlId
from generated.proto import envelope_pb2

AT_ONCE = 50
"""Handshakes that are under way."""


@dataclass
class Guest:
    """Moments are of the monotonic clock."""

    connection: ClientConnection
    is_binary: bool
    told: list[tuple[float, int]] = field(default_factory=list)
    """When it came, and the milliseconds after which to connect anew."""
    replies: dict[str, int] = field(default_factory=dict)
    """Status codes by `req_id`."""
    closed_at: float = 0.0

    @property
    def code(self) -> int | None:
        return self.connection.close_code

    async def ask(self, pkg_id: int, req_id: str, data: dict[str, object]) -> None:
        """JSON only; the reply is in `replies` once it has come."""
        await self.connection.send(json.dumps({"pkg_id": pkg_id, "req_id": req_id, "data": data}))

    async def listen(self) -> None:
        """Until the end."""
        try:
            async for frame in self.connection:
                self._hear(frame)
        except ConnectionClosed:
            pass
        self.closed_at = time.monotonic()

    def _hear(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            response = envelope_pb2.Response.FromString(frame)
            if response.pkg_id == ControlId.DRAINING:
                self.told.append((time.monotonic(), Int32Value.FromString(response.data).value))
            return
        said: dict[str, Any] = json.loads(frame)
        if said.get("type") == "server.draining":
            self.told.append((time.monotonic(), said["reconnect_after_ms"]))
        elif "status_code" in said:
            self.replies[said["req_id"]] = said["status_code"]


@asynccontextmanager
async def guests(url: str, tokens: list[str], count: int, *, binary_each: int = 10) -> AsyncIterator[list[Guest]]:
    """So many open sockets, of the tokens in turn; each of `binary_each` speaks protobuf."""
    room = asyncio.Semaphore(AT_ONCE)

    async def enter(number: int) -> Guest:
        is_binary = number % binary_each == binary_each - 1
        async with room:
            connection = await connect(
                url.replace("http", "ws") + "/web",
                additional_headers={"authorization": f"Bearer {tokens[number % len(tokens)]}"},
                subprotocols=[Subprotocol("stele.v1.protobuf" if is_binary else "stele.v1.json")],
                compression=None,
                ping_interval=None,
                open_timeout=30,
                proxy=None,
            )
        return Guest(connection, is_binary)

    found = await asyncio.gather(*(enter(number) for number in range(count)))
    listening = [asyncio.create_task(one.listen()) for one in found]
    try:
        yield found
    finally:
        for one in found:
            one.connection.transport.abort()
        await asyncio.gather(*listening)
