"""Topics over HTTP, read by somebody who knows nothing of ours but docs/wire.md."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx2

from tests.running_service import RunningService

SSE = "text/event-stream"
WAIT_S = 20.0


class Told(NamedTuple):
    event: str
    id: str
    data: Any


class Reader:
    """An open stream."""

    def __init__(self, response: httpx2.Response) -> None:
        self._lines = response.aiter_lines()
        self.retry_ms = 0

    async def next(self) -> Told:
        """The next event; StopAsyncIteration at the end."""
        fields = {"event": "message", "id": "", "data": "null"}
        async with asyncio.timeout(WAIT_S):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if name == "retry":
                    self.retry_ms = int(value)
                elif name in fields:
                    fields[name] = value
                elif not line and fields["data"] != "null":
                    return Told(fields["event"], fields["id"], json.loads(fields["data"]))
        raise StopAsyncIteration


@asynccontextmanager
async def following(
    service: RunningService, *topics: str, last: str = "", token: str = "", presence: Sequence[str] = ()
) -> AsyncIterator[Reader]:
    """As an administrator, unless another's token is given."""
    headers = {"authorization": f"Bearer {token or await service.token('admin')}", "accept": SSE}
    if last:
        headers["last-event-id"] = last
    async with (
        httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as http,
        http.stream(
            "GET", "/events", params={"topic": list(topics), "presence": list(presence)}, headers=headers
        ) as response,
    ):
        assert (response.status_code, response.headers["content-type"]) == (200, SSE)
        yield Reader(response)
