"""What one node counts by itself while the store is away: a sliding window for each subject of a bucket, in bounded memory.

Promises: no window of that length ever has more than the share. A call is given back exactly one window after it where the share
is at most SLOTS, else at most a SLOTS-th of the window later. A subject takes less than 2 KB beside its name, and a bucket has
at most MAX_SUBJECTS; buckets do not disturb each other. Whom a full table forgets says `LocalCounts`.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import OrderedDict

from app.limits.limiter import Permit
from generated.operations import Bucket

SLOTS = 32
"""Calls of one SLOTS-th of a window are counted together, as if all had come with the last of them."""
MAX_SUBJECTS = 10_000
"""Of one bucket."""
LOOKED_AT = 8
"""Subjects of a full table that each newcomer counts anew, in turn: never a look at everybody, which takes 5 to 60 ms."""


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
        over = bisect_right(self._lasts, until)
        if over:
            self.spent -= sum(self._counts[:over])
            del self._lasts[:over], self._counts[:over]

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
        first = self._lasts[0] if allowed else self._falls_below(share)
        reset_s = math.ceil(first + window_s - now)
        return Permit(allowed, share, max(0, share - self.spent), reset_s, math.ceil(window_s))

    def _falls_below(self, share: int) -> float:
        """When the call came whose end leaves room for another."""
        left = self.spent
        for last, count in zip(self._lasts, self._counts, strict=True):
            left -= count
            if left < share:
                return last
        raise AssertionError("a share is at least 1")


class Table:
    """The windows of one bucket. Each subject stands on the level of what it has spent, as last counted; on a level who has been
    away longest is first."""

    __slots__ = ("_levels", "_windows")

    def __init__(self) -> None:
        self._windows: OrderedDict[str, Window] = OrderedDict()
        """Who was counted longest ago is first; calls do not change the order."""
        self._levels: dict[int, OrderedDict[str, None]] = {}

    def take(self, subject: str, now: float, window_s: float, share: int) -> Permit:
        window = self._windows.get(subject)
        if window is None:
            if len(self._windows) >= MAX_SUBJECTS:
                self._count_anew(now - window_s)
                self._forget_one()
            window = self._windows[subject] = Window()
        else:
            self._leave(subject, window.spent)
        permit = window.take(now, window_s, share)
        self._levels.setdefault(window.spent, OrderedDict())[subject] = None
        return permit

    def _count_anew(self, until: float) -> None:
        for _ in range(LOOKED_AT):
            subject, window = next(iter(self._windows.items()))
            self._windows.move_to_end(subject)
            before = window.spent
            window.forget(until)
            if window.spent != before:
                self._leave(subject, before)
                level = self._levels.setdefault(window.spent, OrderedDict())
                level[subject] = None
                level.move_to_end(subject, last=False)

    def _forget_one(self) -> None:
        least = min(self._levels)
        subject = next(iter(self._levels[least]))
        self._leave(subject, least)
        del self._windows[subject]

    def _leave(self, subject: str, spent: int) -> None:
        level = self._levels[spent]
        del level[subject]
        if not level:
            del self._levels[spent]


class LocalCounts:
    """When a bucket's table is full, a newcomer takes the place of who has spent least, of equals of who has been away longest, and
    that one has its whole share again. What a subject has spent is counted when it calls, and while the table is full again and
    again, at least once in MAX_SUBJECTS / LOOKED_AT newcomers. So who has spent k calls is forgotten only when MAX_SUBJECTS others
    have spent k each: whoever sprays subjects pushes out his own, and gains no more than he has called."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def take(self, bucket: Bucket, share: int, subject: str, now: float) -> Permit:
        """Of `share` calls in the bucket's window, at least 1. A refused call takes nothing."""
        table = self._tables.get(bucket.name)
        if table is None:
            table = self._tables[bucket.name] = Table()
        return table.take(subject, now, bucket.window_s, share)
