"""The end of a socket's credential: one monotonic timer that warns, then revokes, then closes (ACCEPTANCE D9).

Promises: the warning comes at least 5 s before `exp` where the token lasts that long, the close at most 3 s after it. The
wall clock counts once, when a token is accepted; setting it back lengthens nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

AUTH_TIMEOUT_S = 4.5
"""For the first credential: half a second less than the 5 s in which who says nothing is gone."""
WARN_AT_MOST_S = 30.0
WARN_AT_LEAST_S = 6.0
WARN_SHARE = 0.6
"""A token of 10 s is warned of 6 s before its end, one of a minute 30 s before."""
GRACE_S = 2.0
"""After `exp` requests are answered UNAUTHENTICATED for this long, and a refresh still saves the socket."""
MAX_LEFT_S = 2**31 - 1
"""Frames say the seconds as int32; a token may last for longer than that."""


@dataclass(frozen=True, slots=True)
class Stages:
    """What happens at each; `warn` gets the seconds that are left. Called on the loop, so none may wait or raise."""

    warn: Callable[[int], None]
    revoke: Callable[[], None]
    close: Callable[[], None]


class Expiry:
    """One per socket. `ends_at` is of the loop's clock, 0 before the first token."""

    __slots__ = ("_loop", "_stages", "_timer", "ends_at")

    def __init__(self, loop: asyncio.AbstractEventLoop, stages: Stages) -> None:
        self._loop = loop
        self._stages = stages
        self._timer: asyncio.TimerHandle | None = None
        self.ends_at = 0.0

    @property
    def left_s(self) -> int:
        """Whole seconds until the token ends, rounded down, as frames say them; 0 when it has."""
        return max(0, min(int(self.ends_at - self._loop.time()), MAX_LEFT_S))

    def start(self, lasts_s: float) -> None:
        """Again for each token; the last one counts. A token that has ended already is revoked in the next turns of the
        loop."""
        self.stop()
        self.ends_at = self._loop.time() + lasts_s
        ahead_s = min(WARN_AT_MOST_S, max(WARN_AT_LEAST_S, lasts_s * WARN_SHARE))
        self._timer = self._loop.call_later(max(0.0, lasts_s - ahead_s), self._warn)

    def stop(self) -> None:
        """Nothing happens any more; `start` begins anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _warn(self) -> None:
        self._timer = self._loop.call_at(self.ends_at, self._revoke)
        self._stages.warn(self.left_s)

    def _revoke(self) -> None:
        self._timer = self._loop.call_at(self.ends_at + GRACE_S, self._stages.close)
        self._stages.revoke()
