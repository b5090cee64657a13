"""A histogram that remembers, of each of its buckets, the call that it was last counted for, if that is told."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Mapping

from prometheus_client.samples import Exemplar
from typing_extensions import override

from app.telemetry.metrics.values import Times
from app.telemetry.traceparent import Traceparent


class TracedTimes(Times):
    """As its base. `current` answers the span that is told in this task; what is counted without one leaves the exemplars as they are."""

    __slots__ = ("_current", "_exemplars")

    def __init__(self, bounds: tuple[float, ...], *, current: Callable[[], Traceparent | None]) -> None:
        super().__init__(bounds)
        self._current = current
        self._exemplars: dict[str, Exemplar] = {}

    @override
    def observe(self, seconds: float) -> None:
        super().observe(seconds)
        span = self._current()
        if span is not None:
            at = bisect_left(self.bounds, seconds)
            bound = str(self.bounds[at]) if at < len(self.bounds) else "+Inf"
            labels = {"trace_id": span.trace_id, "span_id": span.span_id}
            self._exemplars[bound] = Exemplar(labels, seconds, time.time())

    @property
    @override
    def exemplars(self) -> Mapping[str, Exemplar]:
        return self._exemplars
