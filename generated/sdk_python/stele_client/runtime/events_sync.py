"""Events of the blocking client: who iterates reads the socket himself, for all others too."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from .errors import ClientError, EventsDropped
from .event import Event
from .line_sync import Slot
from .socket_sync import SocketDoor

T = TypeVar("T")
LOOK_S = 30.0
"""How long one wait lasts before the connection is looked at again."""


class EventStream(Generic[T]):
    """`with` it to follow the topic, iterate to take; ends with EventsDropped once more than `limit` wait."""

    def __init__(
        self,
        limit: int,
        follow: Callable[[EventStream[T]], None],
        leave: Callable[[EventStream[T]], None],
        socket: SocketDoor,
    ) -> None:
        self._limit = limit
        self._follow = follow
        self._leave = leave
        self._socket = socket
        self._waiting: deque[Event[T]] = deque()
        self._slot: Slot | None = None
        self._dropped = 0
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

    def offer(self, event: Event[T]) -> None:
        if len(self._waiting) >= self._limit or self._dropped:
            self._dropped += 1
        else:
            self._waiting.append(event)
        self._wake()

    def end(self, error: ClientError | None) -> None:
        """After what waits, the stream raises `error`, or just ends."""
        self._end = error
        self._closed = self._closed or error is None
        self._wake()

    def _wake(self) -> None:
        if self._slot is not None:
            self._slot.settle()

    def __iter__(self) -> Iterator[Event[T]]:
        return self

    def __next__(self) -> Event[T]:
        while True:
            self._slot = Slot()
            if self._waiting and not (self._closed and self._end is None):
                return self._waiting.popleft()
            if self._dropped:
                raise EventsDropped(self._dropped)
            if self._end is not None:
                raise self._end
            if self._closed:
                raise StopIteration
            self._socket.wait_for_event(self._slot, LOOK_S)
