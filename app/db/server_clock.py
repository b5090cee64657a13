"""PostgreSQL's time as a node knows it without asking: what the server said last, and how long ago by a clock that nobody sets.

Promises: a node whose own clock is wrong, or is set, agrees with the others about when something is over (ACCEPTANCE F10), but for the
time that an answer is under way. Before the server was heard it is the node's own clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class ServerClock:
    """Called, it answers seconds since 1970. Somebody who looks at the database anyway has to `hear` again and again: two machines' clocks
    drift apart by some seconds a day."""

    def __init__(
        self, *, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._ahead_s: float | None = None
        """By how much the server's time is more than the monotonic clock says."""

    def hear(self, epoch_s: float) -> None:
        """What the server has just said."""
        self._ahead_s = epoch_s - self._monotonic()

    def __call__(self) -> float:
        return self._wall() if self._ahead_s is None else self._monotonic() + self._ahead_s
