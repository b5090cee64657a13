"""How many rows refusals may cause: who is refused thousands of times a second fills neither the queue nor the table (D2)."""

from __future__ import annotations

import time
from collections.abc import Callable

WINDOW_S = 60.0


class RowBudget:
    """Of each minute at most `of_one` rows of one caller and `of_all` of all of them; `on_left_out(count)` hears of each beyond. One per
    worker, whose count it is; `clock` is a monotonic one. What it keeps is bounded by `of_all`."""

    def __init__(
        self,
        *,
        of_one: int,
        of_all: int,
        on_left_out: Callable[[int], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._of_one = of_one
        self._of_all = of_all
        self._on_left_out = on_left_out
        self._clock = clock
        self._window_ends = 0.0
        self._rows = 0
        self._rows_of: dict[str, int] = {}

    def admits(self, caller: str) -> bool:
        """Whether there is to be a row; if so, it is counted."""
        now = self._clock()
        if now >= self._window_ends:
            self._window_ends, self._rows, self._rows_of = now + WINDOW_S, 0, {}
        count = self._rows_of.get(caller, 0)
        if self._rows >= self._of_all or count >= self._of_one:
            self._on_left_out(1)
            return False
        self._rows += 1
        self._rows_of[caller] = count + 1
        return True
