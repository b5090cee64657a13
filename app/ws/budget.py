"""How many frames that run nothing one socket may send: a token bucket, since no rate limit of the contract sees them.

Counted are control frames, bad frames and requests that are refused before they run. Promises: no timer, no lock, one number
per socket. Only says how long to wait; whoever reads the socket waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from generated.errors import Forbidden, RateLimited, Unauthenticated

RATE_PER_S = 20.0
"""As long as a socket goes on; BURST at once before."""
BURST = 100
NOTHING_RAN = (Unauthenticated, RateLimited, Forbidden)
"""What the runner raises before any operation: such a request costs no rate limit, so it costs this budget."""


class FrameBudget:
    """`clock` must move within one turn of the loop, which uvloop's own does not. It starts full."""

    __slots__ = ("_clock", "_full_at")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at = 0.0
        """When the bucket is full again; each frame moves it."""

    def spend(self) -> None:
        """May go beyond what is left: the next frames wait for as much longer."""
        self._full_at = max(self._full_at, self._clock()) + 1 / RATE_PER_S

    def wait_s(self) -> float:
        """Until the next frame may be read; 0 while there is something left."""
        return max(0.0, self._full_at - self._clock() - BURST / RATE_PER_S)
