"""What is told of a topic, as streams of those who follow it: its events, and who follows it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .attendance import Attendance, Roll
from .codec import Presence
from .errors import ClientError, EventsDropped
from .event import Event
from .socket_async import AsyncSocketDoor

T = TypeVar("T")


class AsyncFeed(ABC, Generic[T]):
    """`async with` it to follow the topic, `async for` to take."""

    def __init__(
        self,
        follow: Callable[[Any], Awaitable[None]],
        leave: Callable[[Any], Awaitable[None]],
        socket: AsyncSocketDoor,
    ) -> None:
        """`follow` and `leave` are given the feed itself."""
        self._follow = follow
        self._leave = leave
        self._socket = socket
        self._news = asyncio.Event()
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
            self._wake()
            await self._leave(self)

    def end(self, error: ClientError | None) -> None:
        """After what waits, the stream raises `error`, or just ends."""
        self._end = error
        self._closed = self._closed or error is None
        self._wake()

    def _wake(self) -> None:
        self._news.set()

    @abstractmethod
    def _take(self) -> T | None:
        """What is next, if it is there already; raises what ends the stream by itself."""

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        while True:
            is_let_go = self._closed and self._end is None
            item = None if is_let_go else self._take()
            if item is not None:
                return item
            if self._end is not None:
                raise self._end
            if self._closed:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()


class AsyncEventStream(AsyncFeed[Event[T]]):
    """Events in their order; ends with EventsDropped once more than `limit` wait."""

    def __init__(
        self,
        limit: int,
        follow: Callable[[Any], Awaitable[None]],
        leave: Callable[[Any], Awaitable[None]],
        socket: AsyncSocketDoor,
    ) -> None:
        super().__init__(follow, leave, socket)
        self._limit = limit
        self._waiting: deque[Event[T]] = deque()
        self._dropped = 0

    def offer(self, event: Event[T]) -> None:
        if len(self._waiting) >= self._limit or self._dropped:
            self._dropped += 1
        else:
            self._waiting.append(event)
        self._wake()

    def _take(self) -> Event[T] | None:
        if self._waiting:
            return self._waiting.popleft()
        if self._dropped:
            raise EventsDropped(self._dropped)
        return None


class AsyncAttendanceStream(AsyncFeed[Attendance]):
    """Who follows the topic: first all of them, then each change. For a slow reader several changes are one."""

    def __init__(
        self,
        topic: str,
        follow: Callable[[Any], Awaitable[None]],
        leave: Callable[[Any], Awaitable[None]],
        socket: AsyncSocketDoor,
    ) -> None:
        super().__init__(follow, leave, socket)
        self._roll = Roll(topic)

    def tell(self, told: Presence) -> None:
        self._roll.apply(told)
        self._wake()

    def _take(self) -> Attendance | None:
        return self._roll.take()
