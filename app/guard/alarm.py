"""The one timer of a connection. Its moment may move with every request: the loop's timer is set again only when it has
fired too early, or would fire too late."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

NEVER = math.inf


class Alarm:
    """Calls `ring` once for each `within` that was neither moved nor cleared. To move it costs a comparison; `ring` may
    set it again."""

    __slots__ = ("_at", "_fires_at", "_loop", "_ring", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._at = NEVER
        self._fires_at = NEVER
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        return self._at != NEVER

    def within(self, seconds: float) -> None:
        """From now on, in the place of the moment before."""
        self._at = at = self._loop.time() + seconds
        if at < self._fires_at:
            self._set(at)

    def clear(self) -> None:
        """The loop's timer stays, and finds nothing to do."""
        self._at = NEVER

    def stop(self) -> None:
        """For good: neither the loop nor this keeps anything of the connection alive."""
        self._at = NEVER
        self._ring = lambda: None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._fires_at = at
        self._timer = self._loop.call_at(at, self._fire)

    def _fire(self) -> None:
        self._timer, self._fires_at = None, NEVER
        if self._at > self._loop.time():
            if self.is_set:
                self._set(self._at)
            return
        self._at = NEVER
        self._ring()
