"""A bound on lines of the log that strangers cause: so many of one kind in a while, a minute if nobody says another; the others are counted.

Promises: the first lines of each kind are never kept back by those of another; what was left out is said with the next line.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 60.0
MAX_LINES = 10
"""Of one kind in a window."""


@dataclass(slots=True)
class _Kind:
    window_ends: float = float("-inf")
    lines: int = 0
    left_out: int = 0


class BoundedLines:
    """Kinds are a closed set: each is remembered for ever. `clock` is a monotonic one."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        window_s: float = WINDOW_S,
        max_lines: int = MAX_LINES,
    ) -> None:
        self._clock = clock
        self._window_s = window_s
        self._max_lines = max_lines
        self._kinds: dict[str, _Kind] = {}

    def admit(self, kind: str) -> dict[str, int] | None:
        """What the line says besides: how many were left out before it. None where it is one too many."""
        known = self._kinds.setdefault(kind, _Kind())
        now = self._clock()
        if now >= known.window_ends:
            known.window_ends, known.lines = now + self._window_s, 0
        if known.lines >= self._max_lines:
            known.left_out += 1
            return None
        known.lines += 1
        left_out, known.left_out = known.left_out, 0
        return {"left_out": left_out} if left_out else {}
