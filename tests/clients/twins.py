"""Every client behind one way to call it, so that one test proves a claim for all of them."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from generated.sdk_python.stele_client import AsyncClient, Client, Hooks, models, topics
from tests.clients.driven import Told, drive

FLAVOURS = ("asynchronous", "blocking", "typescript")
WAITING = ("asynchronous", "typescript")
"""Those whose socket is read while nobody asks."""
OLD_NODE = "typescript on Node 20"
"""Without a WebSocket of its own: it takes the package `ws`."""
QUICK: dict[str, Any] = {"timeout_s": 5.0}


class Stream(Protocol):
    async def next(self) -> Any:
        """The next event; raises StopAsyncIteration at the end, or what has ended it."""


class Twin(Protocol):
    told: Told

    async def ask(self, name: str, /, **fields: Any) -> Any:
        """`ask("artists.get", artist_id=7)` calls a method of a feature, `ask(".close")` one of the client."""

    def follow(self) -> Any:
        """The stream of `artist_created`, a context manager."""

    def follow_named(self, name: str) -> Any:
        """The same of `artist-names/{artist.name}`."""

    def attend(self, name: str) -> Any:
        """The stream of those who follow that topic, a context manager."""


class PythonTwin:
    """A blocking client runs in threads."""

    def __init__(self, client: AsyncClient | Client, told: Told) -> None:
        self.client = client
        self.told = told

    async def ask(self, name: str, /, **fields: Any) -> Any:
        feature, _, method = name.rpartition(".")
        found = getattr(getattr(self.client, feature) if feature else self.client, method)
        if isinstance(self.client, AsyncClient):
            answer = found(**fields)
            return await answer if inspect.isawaitable(answer) else answer
        return await asyncio.to_thread(found, **fields)

    def follow(self) -> AbstractAsyncContextManager[Stream]:
        return _opened(self.client.events(models.ArtistCreated))

    def follow_named(self, name: str) -> AbstractAsyncContextManager[Stream]:
        return _opened(self.client.events(topics.artist_names_by_artist_name(name)))

    def attend(self, name: str) -> AbstractAsyncContextManager[Stream]:
        return _opened(self.client.presence(topics.artist_names_by_artist_name(name)))


@asynccontextmanager
async def _opened(stream: Any) -> AsyncIterator[Stream]:
    """Of either client."""
    if hasattr(stream, "__aenter__"):
        async with stream:
            yield Followed(stream.__anext__)
        return
    await asyncio.to_thread(stream.__enter__)
    try:
        yield Followed(lambda: asyncio.to_thread(next, stream, None))
    finally:
        await asyncio.to_thread(stream.__exit__, None, None, None)


class Followed:
    def __init__(self, take: Callable[[], Any]) -> None:
        self._take = take

    async def next(self) -> Any:
        event = await self._take()
        if event is None:
            raise StopAsyncIteration
        return event


async def take(client: Twin, count: int) -> list[Any]:
    """So many events, or fewer if the stream ends before."""
    found: list[Any] = []
    async with client.follow() as stream:
        while len(found) < count:
            try:
                found.append(await stream.next())
            except StopAsyncIteration:
                break
    return found


@asynccontextmanager
async def twin(flavour: str, url: str | list[str], **options: Any) -> AsyncIterator[Twin]:
    """`token` may be a function, of any flavour."""
    settings = {"token": "t0", **QUICK, **options}
    told = Told()
    if flavour.startswith("typescript"):
        async with drive(url, told, is_old=flavour == OLD_NODE, **settings) as driven:
            yield driven
    elif flavour == "asynchronous":
        async with AsyncClient(url, hooks=_hooks(told), **settings) as client:
            yield PythonTwin(client, told)
    else:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(128))
        blocking = Client(url, hooks=_hooks(told), **settings)
        try:
            yield PythonTwin(blocking, told)
        finally:
            await asyncio.to_thread(blocking.close)


def _hooks(told: Told) -> Hooks:
    return Hooks(
        on_retry=lambda info, error, _: told.retries.append((info.number, type(error).__name__)),
        on_connect=told.connects.append,
        on_disconnect=lambda code, pause_s: told.disconnects.append((code, pause_s >= 0)),
        on_resubscribe=lambda *topic: told.resubscribed.append(topic),
        on_missed=told.missed.append,
    )
