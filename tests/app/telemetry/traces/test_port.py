"""Who tells spans names no library: OpenTelemetry's tracer is one that the port takes, and one of the tests' is another."""

from __future__ import annotations

import pytest

from app.telemetry.traces.otel import OtelTracer
from app.telemetry.traces.port import Tracer
from tests.app.telemetry.traces.heard import Heard

TRACERS: list[Tracer] = [OtelTracer(lambda _: None, service={}, sample=1), Heard()]


@pytest.mark.parametrize("tracer", TRACERS)
def test_a_span_of_either_is_ended_in_the_same_way(tracer: Tracer) -> None:
    served = tracer.serve("served", {}, trace_id="a", parent=None)
    assert served is not None
    asked = tracer.ask("asked", {"a": 1})
    assert asked is not None
    asked.end(failure="lost")
    current = tracer.current()
    assert current is not None
    tracer.sent("sent", {}, parent=current, began_ns=1)
    tracer.processed("processed", {}, parent=current, began_ns=1)
    served.end({"b": "two"})
