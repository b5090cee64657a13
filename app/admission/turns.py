"""How long a turn of the event loop takes while there is work: what each step of a request waits for, whatever it does itself.

A request takes a turn for each answer of PostgreSQL and Redis, so that long turns multiply. What makes them long is work between two
waits, such as reading a thousand rows and writing them as JSON.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Turns:
    """`measure` the next turn, from its beginning to that of the one after it; `mean_s` is of all since it was asked last. Costs two
    callbacks in two turns, however often it is asked for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._is_measuring = False
        self._total_s = 0.0
        self._count = 0

    def measure(self) -> None:
        """While one is measured it does nothing."""
        if not self._is_measuring:
            self._is_measuring = True
            asyncio.get_running_loop().call_soon(self._begin)

    def mean_s(self) -> float | None:
        """None where none was measured."""
        mean_s = self._total_s / self._count if self._count else None
        self._total_s, self._count = 0.0, 0
        return mean_s

    def _begin(self) -> None:
        asyncio.get_running_loop().call_soon(self._end, self._clock())

    def _end(self, since: float) -> None:
        self._is_measuring = False
        self._total_s += self._clock() - since
        self._count += 1
