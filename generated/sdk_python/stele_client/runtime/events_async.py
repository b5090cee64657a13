"""Events that wait for their taker: a bounded stream which says what it lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

from .errors import ClientError, EventsDropped
from .event import Event
from .socket_async import AsyncSocketDoor

T = TypeVar("T")


class AsyncEventStream(Generic[T]):
    """`async with` it to follow the topic, `async for` to take; ends with EventsDropped once more than `limit` wait."""

    def __init__(
        self,
        limit: int,
        follow: Callable[[AsyncEventStream[T]], Awaitable[None]],
        leave: Callable[[AsyncEventStream[T]], Awaitable[None]],
        socket: AsyncSocketDoor,
    ) -> None:
        self._limit = limit
        self._follow = follow
        self._leave = leave
        self._socket = socket
        self._waiting: deque[Event[T]] = deque()
        self._news = asyncio.Event()
        self._dropped = 0
        self._end: ClientError | None = None
        self._closed = False

    async def __aenter__(self) -> Self:
        await self._follow(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """What waits is let go; who iterates comes to the end."""
        if not self._closed:
            self._closed = True
            self._news.set()
            await self._leave(self)

    def offer(self, event: Event[T]) -> None:
        if len(self._waiting) >= self._limit or self._dropped:
            self._dropped += 1
        else:
            self._waiting.append(event)
        self._news.set()

    def end(self, error: ClientError | None) -> None:
        """After what waits, the stream raises `error`, or just ends."""
        self._end = error
        self._closed = self._closed or error is None
        self._news.set()

    def __aiter__(self) -> AsyncIterator[Event[T]]:
        return self

    async def __anext__(self) -> Event[T]:
        while True:
            if self._waiting and not (self._closed and self._end is None):
                return self._waiting.popleft()
            if self._dropped:
                raise EventsDropped(self._dropped)
            if self._end is not None:
                raise self._end
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
