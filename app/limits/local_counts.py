"""What one node counts by itself while the store is away: a sliding window for each subject of a bucket, in bounded memory.

Promises: no window of that length ever has more than the share. A call is given back exactly one window after it where the share
is at most SLOTS, else at most a SLOTS-th of the window later. A subject takes less than 2 KB beside its name, and a bucket has
at most MAX_SUBJECTS; buckets do not disturb each other. Whom a full table forgets says `LocalCounts`.
"""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from itertools import islice

from app.limits.limiter import Permit
from generated.operations import Bucket

SLOTS = 32
"""Calls of one SLOTS-th of a window are counted together, as if all had come with the last of them."""
MAX_SUBJECTS = 10_000
"""Of one bucket."""
FORGOTTEN = MAX_SUBJECTS // 8
"""As many at once, so that a newcomer costs a few microseconds and not a look at everybody."""

Table = OrderedDict[str, "Window"]


class Window:
    """The calls of one subject, oldest first. At most 2 * SLOTS + 1 entries: SLOTS calls that were counted one by one, and
    the parts of one window after the share has grown."""

    __slots__ = ("_counts", "_lasts", "spent")

    def __init__(self) -> None:
        self.spent = 0
        """Calls that still count; right after `forget`."""
        self._lasts = array("d")
        """When the last call of each entry came."""
        self._counts = array("Q")

    def forget(self, until: float) -> None:
        """What came then or earlier no longer counts."""
        while self._lasts and self._lasts[0] <= until:
            self._lasts.pop(0)
            self.spent -= self._counts.pop(0)

    def add(self, now: float, part_s: float) -> None:
        """One call; `part_s` is how long calls are counted together, 0 for not at all."""
        self.spent += 1
        if part_s and self._lasts and self._lasts[-1] // part_s == now // part_s:
            self._lasts[-1] = now
            self._counts[-1] += 1
        else:
            self._lasts.append(now)
            self._counts.append(1)

    def take(self, now: float, window_s: float, share: int) -> Permit:
        """One call if the share allows; `now` never falls."""
        self.forget(now - window_s)
        allowed = self.spent < share
        if allowed:
            self.add(now, 0.0 if share <= SLOTS else window_s / SLOTS)
        retry_s = 0 if allowed else math.ceil(self._falls_below(share) + window_s - now)
        reset_s = math.ceil(self._lasts[-1] + window_s - now)
        return Permit(allowed, share, max(0, share - self.spent), reset_s, retry_s, math.ceil(window_s))

    def _falls_below(self, share: int) -> float:
        """When the call came whose end leaves room for another."""
        left = self.spent
        for last, count in zip(self._lasts, self._counts, strict=True):
            left -= count
            if left < share:
                return last
        raise AssertionError("a share is at least 1")


class LocalCounts:
    """When a bucket's table is full, the eighth that has spent least is forgotten, of equals who has been away longest, and
    each of them has its whole share again. So who has spent k calls is forgotten only when seven eighths of MAX_SUBJECTS
    others have spent k each: whoever sprays subjects pushes out his own, and gains no more than he has called."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def take(self, bucket: Bucket, share: int, subject: str, now: float) -> Permit:
        """Of `share` calls in the bucket's window, at least 1. A refused call takes nothing."""
        table = self._tables.setdefault(bucket.name, OrderedDict())
        window = table.get(subject)
        if window is None:
            if len(table) >= MAX_SUBJECTS:
                _forget_some(table, now - bucket.window_s)
            window = table[subject] = Window()
        else:
            table.move_to_end(subject)
        return window.take(now, bucket.window_s, share)


def _forget_some(table: Table, until: float) -> None:
    for window in table.values():
        window.forget(until)
    least = sorted(table, key=lambda subject: table[subject].spent)
    for subject in islice(least, FORGOTTEN):
        del table[subject]
