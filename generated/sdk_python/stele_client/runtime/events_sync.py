"""The streams of the blocking client: who iterates reads the socket himself, for all others too."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from .attendance import Attendance, Roll
from .codec import Presence
from .errors import ClientError, EventsDropped
from .event import Event
from .line_sync import Slot
from .socket_sync import SocketDoor

T = TypeVar("T")
LOOK_S = 30.0
"""How long one wait lasts before the connection is looked at again."""


class Feed(ABC, Generic[T]):
    """`with` it to follow the topic, iterate to take."""

    def __init__(self, follow: Callable[[Any], None], leave: Callable[[Any], None], socket: SocketDoor) -> None:
        """`follow` and `leave` are given the feed itself."""
        self._follow = follow
        self._leave = leave
        self._socket = socket
        self._slot: Slot | None = None
        self._end: ClientError | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self._follow(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """What waits is let go; who iterates comes to the end."""
        if not self._closed:
            self._closed = True
            self._wake()
            self._leave(self)

    def end(self, error: ClientError | None) -> None:
        """After what waits, the stream raises `error`, or just ends."""
        self._end = error
        self._closed = self._closed or error is None
        self._wake()

    def _wake(self) -> None:
        if self._slot is not None:
            self._slot.settle()

    @abstractmethod
    def _take(self) -> T | None:
        """What is next, if it is there already; raises what ends the stream by itself."""

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        while True:
            self._slot = Slot()
            is_let_go = self._closed and self._end is None
            item = None if is_let_go else self._take()
            if item is not None:
                return item
            if self._end is not None:
                raise self._end
            if self._closed:
                raise StopIteration
            self._socket.wait_for_event(self._slot, LOOK_S)


class EventStream(Feed[Event[T]]):
    """Events in their order; ends with EventsDropped once more than `limit` wait."""

    def __init__(
        self, limit: int, follow: Callable[[Any], None], leave: Callable[[Any], None], socket: SocketDoor
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


class AttendanceStream(Feed[Attendance]):
    """Who follows the topic: first all of them, then each change. For a slow reader several changes are one."""

    def __init__(
        self, topic: str, follow: Callable[[Any], None], leave: Callable[[Any], None], socket: SocketDoor
    ) -> None:
        super().__init__(follow, leave, socket)
        self._roll = Roll(topic)

    def tell(self, told: Presence) -> None:
        self._roll.apply(told)
        self._wake()

    def _take(self) -> Attendance | None:
        return self._roll.take()
