"""The parent's word decides, else the draw; what is asked stands below the request that asks, in its tasks too, and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from opentelemetry import trace

from app.telemetry.traceparent import Traceparent
from app.telemetry.traces.otel import OtelTracer, OtlpSender
from tests.app.telemetry.traces.receiver import Receiver

TRACE, SPAN = "4bf92f35" * 4, "00f067aa" * 2


class Taken:
    def __init__(self, sample: float = 1.0, draw: float = 0.5) -> None:
        self.spans: list[Any] = []
        service = {"service.name": "desk"}
        self.tracer = OtelTracer(self.spans.append, service=service, sample=sample, draw=lambda: draw)

    def serve(self, parent: Traceparent | None = None, trace_id: str = TRACE) -> Any:
        return self.tracer.serve("served", {"a": 1}, trace_id=trace_id, parent=parent)


@pytest.mark.parametrize(
    ("parent", "sample", "draw", "is_told"),
    [
        (Traceparent(TRACE, SPAN, is_sampled=True), 0.0, 0.5, True),
        (Traceparent(TRACE, SPAN, is_sampled=False), 1.0, 0.5, False),
        (None, 0.5, 0.49, True),
        (None, 0.5, 0.5, False),
        (None, 0.0, 0.0, False),
        (None, 1.0, 0.999, True),
    ],
)
def test_the_caller_s_word_goes_before_the_draw(
    parent: Traceparent | None, sample: float, draw: float, is_told: bool
) -> None:
    taken = Taken(sample, draw)
    span = taken.serve(parent)
    assert (span is not None) is is_told
    if span is not None:
        span.end()
    assert len(taken.spans) == is_told


async def test_what_is_asked_stands_below_its_request_in_its_tasks_too_and_nowhere_else() -> None:
    taken = Taken()
    assert taken.tracer.ask("alone", {}) is None

    async def ask(name: str) -> None:
        span = taken.tracer.ask(name, {})
        assert span is not None
        span.end()

    served = taken.serve(Traceparent(TRACE, SPAN, is_sampled=True))
    await asyncio.gather(ask("one"), ask("two"))
    served.end({"b": 2})
    assert taken.tracer.ask("late", {}) is None
    *asked, request = taken.spans
    assert {one.name for one in asked} == {"one", "two"}
    assert {one.parent.span_id for one in asked} == {request.context.span_id}
    assert trace.format_span_id(request.parent.span_id) == SPAN
    assert dict(request.attributes) == {"a": 1, "b": 2}
    assert {trace.format_trace_id(one.context.trace_id) for one in taken.spans} == {TRACE}


def test_what_goes_on_elsewhere_stands_below_the_span_that_was_current() -> None:
    taken = Taken()
    assert taken.tracer.current() is None
    served = taken.serve(Traceparent(TRACE, SPAN, is_sampled=True))
    current = taken.tracer.current()
    served.end()
    assert current is not None
    assert taken.tracer.current() is None
    taken.tracer.sent("sent", {"a": 1}, parent=current, began_ns=1)
    taken.tracer.processed("processed", {}, parent=current, began_ns=2)
    request, sent, processed = taken.spans
    assert trace.format_span_id(request.context.span_id) == current.span_id
    assert [one.parent.span_id for one in (sent, processed)] == [request.context.span_id] * 2
    assert [(one.kind, one.start_time, one.end_time > 2) for one in (sent, processed)] == [
        (trace.SpanKind.PRODUCER, 1, True),
        (trace.SpanKind.CONSUMER, 2, True),
    ]


def test_what_a_call_that_is_not_told_has_caused_is_not_told() -> None:
    taken = Taken()
    for tell in (taken.tracer.sent, taken.tracer.processed):
        tell("late", {}, parent=Traceparent(TRACE, SPAN, is_sampled=False), began_ns=1)
    assert taken.spans == []


@pytest.mark.parametrize(("trace_id", "is_taken"), [(TRACE, True), ("0" * 32, False), ("mine-1", False), ("", False)])
def test_a_trace_that_begins_here_has_the_request_s_id_if_that_can_be_one(trace_id: str, is_taken: bool) -> None:
    taken = Taken()
    taken.serve(trace_id=trace_id).end()
    (span,) = taken.spans
    assert (trace.format_trace_id(span.context.trace_id) == trace_id) is is_taken
    assert span.attributes.get("request.id") == (None if is_taken else trace_id)
    assert span.parent is None


def test_a_failure_is_one_by_its_word() -> None:
    taken = Taken()
    taken.serve().end(failure="internal")
    (span,) = taken.spans
    assert (span.status.is_ok, span.attributes["error.type"]) == (False, "internal")


def test_the_process_s_own_provider_is_left_alone() -> None:
    before = trace.get_tracer_provider()
    Taken()
    assert trace.get_tracer_provider() is before


async def test_a_collector_takes_them_or_not() -> None:
    taken = Taken()
    taken.serve().end()
    receiver = Receiver()
    with receiver.serving():
        sender = OtlpSender(receiver.endpoint + "/", {"api-key": "k"})
        assert await asyncio.to_thread(sender.send, taken.spans)
        receiver.status = 400
        assert not await asyncio.to_thread(sender.send, taken.spans)
    sender.close()
    assert [(one.name, one.service["service.name"]) for one in receiver.spans] == [("served", "desk")]
    assert receiver.paths == ["/v1/traces"] * 2
    assert not sender.send(taken.spans), "it is closed"
