"""A bucket remembers the last told call that it was counted for; a call that is not told is counted alike, and leaves it as it is."""

from __future__ import annotations

import time

from app.telemetry.metrics.traced_values import TracedTimes
from app.telemetry.metrics.values import Times
from app.telemetry.traceparent import Traceparent


def span(number: int) -> Traceparent:
    return Traceparent(f"{number:032x}", f"{number:016x}", is_sampled=True)


def test_each_bucket_has_the_last_told_call_of_its_own() -> None:
    said: list[Traceparent | None] = [span(1), span(2), None, span(3), span(4)]
    times, plain = TracedTimes((0.1, 1.0), current=lambda: said.pop(0)), Times((0.1, 1.0))
    begun = time.time()
    for seconds in (0.05, 0.1, 0.02, 0.5, 7.0):
        times.observe(seconds)
        plain.observe(seconds)
    assert (times.cumulative(), times.total_s) == (plain.cumulative(), plain.total_s)
    told = {bound: (one.labels["trace_id"], one.labels["span_id"], one.value) for bound, one in times.exemplars.items()}
    assert told == {
        "0.1": (span(2).trace_id, span(2).span_id, 0.1),
        "1.0": (span(3).trace_id, span(3).span_id, 0.5),
        "+Inf": (span(4).trace_id, span(4).span_id, 7.0),
    }
    assert all(begun <= float(one.timestamp or 0) <= time.time() for one in times.exemplars.values())


def test_without_traces_there_are_none() -> None:
    times = Times((1.0,))
    times.observe(0.5)
    assert times.exemplars == {}
