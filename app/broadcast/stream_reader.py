"""Reads that wait for entries, over one connection of their own to the server that has the streams, which may become another one.

Promises: repeats nothing by itself; a server that is silent is given up after 3 s; one that is no longer the streams' is left before
the next read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NotConnected

BLOCK_MS = 1_000
"""How long a read waits for entries."""
READ_TIMEOUT_S = 3.0
"""For the socket: longer than a read waits, so that only a silent server is given up."""
CONNECT_S = 0.2

Entries = list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]
"""By stream: each entry's id and fields."""


class StreamReader:
    """`locate` says the URL of the server that has the streams now, None while nobody knows. One read at a time; making it opens
    nothing. `protocol` is RESP's version, where it is not redis-py's. What a server or a network does is raised as redis-py's errors and OSError."""

    def __init__(self, locate: Callable[[], str | None], *, protocol: int | None = None) -> None:
        self._locate = locate
        self._protocol = protocol
        self._url: str | None = None
        self._client: Redis | None = None

    async def read(self, positions: Mapping[str, bytes], *, count: int) -> Entries:
        """What comes after the positions of these streams, `count` of each at most; nothing where nothing came within 1 s."""
        client = await self._at_the_streams()
        streams: Any = positions
        return _pairs(await client.xread(streams, count=count, block=BLOCK_MS))

    async def get(self, key: str) -> bytes | None:
        client = await self._at_the_streams()
        value: Any = await client.get(key)
        return None if value is None else bytes(value)

    async def last(self, stream: str) -> bytes:
        """The id of the stream's last entry; `0-0` where it has none."""
        client = await self._at_the_streams()
        found: Any = await client.xrevrange(stream, count=1)
        return bytes(found[0][0]) if found else b"0-0"

    async def aclose(self) -> None:
        client, self._client, self._url = self._client, None, None
        if client is not None:
            await client.aclose()

    async def _at_the_streams(self) -> Redis:
        url = self._locate()
        if url is None:
            raise NotConnected("no server is known to have the streams")
        if self._client is None or url != self._url:
            await self.aclose()
            self._url = url
            self._client = Redis.from_url(
                url,
                socket_timeout=READ_TIMEOUT_S,
                socket_connect_timeout=CONNECT_S,
                retry=Retry(NoBackoff(), 0),
                protocol=self._protocol,
            )
        return self._client


def _pairs(answer: Any) -> Entries:
    """RESP3 answers with a map of lists of batches, RESP2 with a list of pairs."""
    if isinstance(answer, dict):
        return [(name, [entry for batch in batches for entry in batch]) for name, batches in answer.items()]
    return [(name, entries) for name, entries in answer or ()]
