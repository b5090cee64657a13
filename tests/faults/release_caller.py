"""Steady traffic of the generated Python client, in a process of its own: its release is that of the working directory.

`python -m tests.faults.release_caller PREFIX TOKEN URL…` follows `artists` at each address in each encoding, says so, and calls over each
door in each encoding until it is told to stop. A line of stdin is a list in JSON, the name of a method of `Caller` and its arguments; a line of
stdout is what that answers.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from generated.sdk_python.stele_client import AsyncClient, models
from generated.sdk_python.stele_client.runtime.errors import ApiError
from generated.sdk_python.stele_client.runtime.events_async import AsyncEventStream
from generated.sdk_python.stele_client.runtime.operation import Encoding
from generated.sdk_python.stele_client.runtime.options import Transport

TRANSPORTS: tuple[Transport, ...] = ("ws", "auto", "http")
PINNED: tuple[Transport, ...] = ("ws", "http")
ENCODINGS: tuple[Encoding, ...] = ("json", "protobuf")
PAUSE_S = 0.1
HEARS_S = 30.0
Heard = tuple[str, str | None, int | None, bool]
"""Of an event: the artist's name, epoch and offset, and whether something before it was missed."""


def _turned(urls: Sequence[str], by: int) -> list[str]:
    return [*urls[by % len(urls) :], *urls[: by % len(urls)]]


class Caller:
    """`begin` before anything else; `stop` after it. Its methods answer what goes through JSON."""

    def __init__(self, stack: AsyncExitStack, prefix: str, token: str, urls: Sequence[str]) -> None:
        self._stack = stack
        self._prefix = prefix
        self._token = token
        self._urls = urls
        self._is_over = False
        self._listening: list[asyncio.Task[None]] = []
        self._calling: list[asyncio.Task[None]] = []
        self._answered = 0
        self._created: list[str] = []
        self._failed: list[str] = []
        self._heard: list[list[Heard]] = []

    async def begin(self) -> None:
        for number, encoding in itertools.product(range(len(self._urls)), ENCODINGS):
            client = self._client(number, "ws", encoding)
            stream = await self._stack.enter_async_context(client.events(models.ArtistCreated))
            self._heard.append([])
            self._listening.append(asyncio.create_task(self._listen(stream, self._heard[-1])))
        self._calling = [
            asyncio.create_task(self._call_on(self._client(number, *door), " ".join(door)))
            for number, door in enumerate(itertools.product(TRANSPORTS, ENCODINGS))
        ]

    def _client(self, first: int, transport: Transport, encoding: Encoding) -> AsyncClient:
        """Of all addresses, in turn from the one of this number on."""
        client = AsyncClient(
            _turned(self._urls, first),
            token=self._token,
            transport=transport,
            encoding=encoding,
            max_queued_events=10_000,
        )
        self._stack.push_async_callback(client.close)
        return client

    async def _listen(self, stream: AsyncEventStream[models.ArtistCreated], heard: list[Heard]) -> None:
        async for event in stream:
            heard.append((event.data.artist.name, event.epoch, event.offset, event.after_gap))

    async def _call_on(self, client: AsyncClient, door: str) -> None:
        """What a client does with an artist, again and again; whatever fails is kept."""
        for number in itertools.count():
            if self._is_over:
                return
            try:
                await self._round(client, f"{self._prefix} {door} {number}")
            except Exception as error:
                self._failed.append(f"{door}: {error!r}, {error}")
            await asyncio.sleep(PAUSE_S)

    async def _round(self, client: AsyncClient, name: str) -> None:
        made = await client.artists.create(name=name, bio="first")
        self._created.append(name)
        again = await client.artists.update(artist_id=made.id, name=name, bio="second", expected_version=made.version)
        read = await client.artists.get(artist_id=made.id)
        assert (read.name, read.bio, read.version) == (name, "second", again.version), read
        found = await client.artists.find(name=name)
        assert [one.id for one in found.items] == [made.id], found
        page = await client.artists.get_page(per_page=2)
        if page.meta.next_cursor is not None:
            await client.artists.get_page(per_page=2, cursor=page.meta.next_cursor)
        self._answered += 6

    async def count(self) -> int:
        return self._answered

    async def repeat(self, first: str, second: str) -> list[str]:
        """Each command is made at one node and, as if its answer were lost, with its key once more at the other: what went wrong."""
        wrong = []
        for transport, encoding in itertools.product(PINNED, ENCODINGS):
            name, key = f"{self._prefix} repeated {uuid.uuid4()}", uuid.uuid4()
            ids = []
            for url in (first, second):
                async with self._pinned(url, transport, encoding) as client:
                    try:
                        ids.append((await client.artists.create(name=name, idempotency_key=key)).id)
                    except ApiError as error:
                        wrong.append(f"{transport} {encoding} at {url}: {error}")
            self._created.append(name)
            if len(set(ids)) > 1:
                wrong.append(f"{transport} {encoding}: two artists, {ids}")
        return wrong

    async def use_what_is_new(self, url: str) -> dict[str, list[str]]:
        """By door: what the operation, and what the field, that the release before has not, are answered there."""
        told = {}
        for transport, encoding in itertools.product(PINNED, ENCODINGS):
            name = f"{self._prefix} new {uuid.uuid4()}"
            async with self._pinned(url, transport, encoding) as client:
                artists: Any = client.artists
                told[f"{transport} {encoding}"] = [
                    await self._outcome(artists.count_artists()),
                    await self._outcome(artists.create(name=name, country="Chile")),
                ]
            if not told[f"{transport} {encoding}"][1].startswith("refused"):
                self._created.append(name)
        return told

    async def _outcome(self, call: Any) -> str:
        try:
            answer = await call
        except ApiError as error:
            return f"refused {error.status} {error.code}"
        return f"country {answer.country}" if hasattr(answer, "country") else "answered"

    @asynccontextmanager
    async def _pinned(self, url: str, transport: Transport, encoding: Encoding) -> AsyncIterator[AsyncClient]:
        async with AsyncClient(url, token=self._token, transport=transport, encoding=encoding) as client:
            yield client

    async def stop(self) -> dict[str, Any]:
        """What was called: the rounds that run are finished first."""
        self._is_over = True
        await asyncio.gather(*self._calling)
        return {"answered": self._answered, "created": self._created, "failed": self._failed}

    async def hear(self, names: list[str]) -> list[list[Heard]]:
        """What each follower heard, once that has all of these."""
        wanted = set(names)
        async with asyncio.timeout(HEARS_S):
            while not all(wanted <= {name for name, *_ in heard} for heard in self._heard):
                await asyncio.sleep(0.05)
        return self._heard


async def main(prefix: str, token: str, *urls: str) -> None:
    async with AsyncExitStack() as stack:
        caller = Caller(stack, prefix, token, urls)
        await caller.begin()
        print(json.dumps("begun"), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            method, *arguments = json.loads(line)
            print(json.dumps(await getattr(caller, method)(*arguments)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
