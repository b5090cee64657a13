"""The numbers themselves, as cheap as Python can count: one loop counts and reads them, so there is no lock."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping

from prometheus_client.samples import Exemplar


class Count:
    """Grows. Whoever counts adds to `value`."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0


class Times:
    """A histogram of seconds; `bounds` are the upper bounds of its buckets, in order."""

    __slots__ = ("bounds", "counts", "total_s")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """Of each bucket by itself; the last one has what is beyond all bounds."""
        self.total_s = 0.0

    def observe(self, seconds: float) -> None:
        """What is exactly a bound is within it."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total_s += seconds

    @property
    def exemplars(self) -> Mapping[str, Exemplar]:
        """By the bound of their bucket, as it is written. A worker without traces has none."""
        return {}

    def cumulative(self) -> list[tuple[str, float]]:
        """Of each bound, as it is written, how many were not above it."""
        found, so_far = [], 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            so_far += count
            found.append((bound, float(so_far)))
        return found
