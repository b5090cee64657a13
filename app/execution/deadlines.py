"""Deadlines without a timer per request: one queue per duration, swept every 50 ms.

A task is cancelled at most 50 ms after its deadline; that cancellation becomes Timeout, or what `Watch.error` says, any other
passes through.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from dataclasses import dataclass
from types import TracebackType

from generated.errors import ApiError, Timeout

TICK_S = 0.05


@dataclass(slots=True)
class Watch:
    """One deadline of the current task, as a context manager around what it bounds. Time runs from `Deadlines.watch`
    on. It cancels once: a body that swallows the cancellation goes on without an end."""

    task: asyncio.Task[object] | None
    """None once the body has been left: then nothing is cancelled any more."""
    due: float
    """By the loop's clock."""
    has_expired: bool = False
    error: type[ApiError] = Timeout
    """What the end means: nothing has happened, until somebody knows better and says so here."""

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A cancellation that came from elsewhere as well goes on: it is counted by `uncancel`."""
        task, self.task = self.task, None
        if self.has_expired and task is not None and task.uncancel() <= 0 and kind is asyncio.CancelledError:
            raise self.error from None


class Deadlines:
    """One per loop; owns the sweeper, which runs only while something is watched. Of a queue the first entries alone
    are looked at, so that a request costs one append."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[Watch]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, timeout_s: float) -> Watch:
        """Watch the running task for `timeout_s` from now, rounded up to the sweeper's tick of 50 ms."""
        loop = asyncio.get_running_loop()
        ticks = max(1, math.ceil(timeout_s / TICK_S))
        entry = Watch(asyncio.current_task(), loop.time() + ticks * TICK_S)
        self._queues.setdefault(ticks, deque()).append(entry)
        if self._timer is None:
            self._timer = loop.call_later(TICK_S, self._sweep, loop)
        return entry

    def stop(self) -> None:
        """What is watched has no deadline any more, until `watch` is called again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for ticks in list(self._queues):
            queue = self._queues[ticks]
            while queue and (queue[0].task is None or queue[0].due <= now):
                _expire(queue.popleft())
            if not queue:
                del self._queues[ticks]
        self._timer = loop.call_later(TICK_S, self._sweep, loop) if self._queues else None


def _expire(entry: Watch) -> None:
    if entry.task is not None:
        entry.has_expired = True
        entry.task.cancel()
