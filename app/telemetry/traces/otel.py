"""The port's spans as OpenTelemetry's, sent by OTLP over HTTP. Imported only where traces are on: it needs the extra `otel`.

Promises: a request whose caller says that its trace is not told costs no span, nor do those without a caller's word that the draw leaves
out; the process's global provider is left alone. `tracestate` and `baggage` are neither read nor sent on.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import Token
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags
from typing_extensions import override

from app.telemetry.traceparent import NO_TRACE, Traceparent
from app.telemetry.traces.port import Facts

SEND_S = 5.0
"""For one batch, with what is tried again."""
PATH = "/v1/traces"
"""Behind the endpoint (OTLP 1.x, section OTLP/HTTP request)."""
TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")
REQUEST_ID = "request.id"
"""Of a request whose id is not its trace's."""


class OtlpSender:
    """`endpoint` is the collector's address, to which /v1/traces is added. Its own lines are left out: `Export` tells what fails."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)
        self._exporter: Any = OTLPSpanExporter(endpoint.rstrip("/") + PATH, headers=dict(headers), timeout=SEND_S)

    def send(self, spans: Sequence[ReadableSpan]) -> bool:
        """Blocks for 5 s at most; whether the collector took them."""
        return self._exporter.export(spans) is SpanExportResult.SUCCESS

    def close(self) -> None:
        """What is tried again is given up."""
        self._exporter.shutdown()


class OtelSpan:
    def __init__(self, span: trace.Span, token: Token[Context] | None = None) -> None:
        self._span = span
        self._token = token

    def end(self, facts: Facts | None = None, *, failure: str | None = None) -> None:
        if facts:
            self._span.set_attributes(facts)
        if failure is not None:
            self._span.set_attribute("error.type", failure)
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
        if self._token is not None:
            context.detach(self._token)


class OtelTracer:
    """`take` gets each span that has ended; `sample` of the requests whose callers say nothing are told, from 0 to 1."""

    def __init__(
        self,
        take: Callable[[ReadableSpan], None],
        *,
        service: Facts,
        sample: float,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._sample = sample
        self._draw = draw
        self._ids = _TraceIds()
        provider = TracerProvider(
            resource=Resource.create(dict(service)), sampler=ALWAYS_ON, id_generator=self._ids, shutdown_on_exit=False
        )
        provider.add_span_processor(_Taking(take))
        self._tracer = provider.get_tracer(__name__)

    def serve(self, name: str, facts: Facts, *, trace_id: str, parent: Traceparent | None) -> OtelSpan | None:
        if not (self._draw() < self._sample if parent is None else parent.is_sampled):
            return None
        above = Context() if parent is None else trace.set_span_in_context(_remote(parent), Context())
        self._ids.wanted = trace_id
        span = self._tracer.start_span(name, above, kind=SpanKind.SERVER, attributes=facts)
        if trace_id != trace.format_trace_id(span.get_span_context().trace_id):
            span.set_attribute(REQUEST_ID, trace_id)
        return OtelSpan(span, context.attach(trace.set_span_in_context(span)))

    def ask(self, name: str, facts: Facts) -> OtelSpan | None:
        if not trace.get_current_span().is_recording():
            return None
        return OtelSpan(self._tracer.start_span(name, kind=SpanKind.CLIENT, attributes=facts))

    def current(self) -> Traceparent | None:
        span = trace.get_current_span()
        if not span.is_recording():
            return None
        said = span.get_span_context()
        return Traceparent(trace.format_trace_id(said.trace_id), trace.format_span_id(said.span_id), is_sampled=True)

    def sent(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        self._tell(SpanKind.PRODUCER, name, facts, parent, began_ns)

    def processed(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        self._tell(SpanKind.CONSUMER, name, facts, parent, began_ns)

    def _tell(self, kind: SpanKind, name: str, facts: Facts, parent: Traceparent, began_ns: int) -> None:
        if parent.is_sampled:
            above = trace.set_span_in_context(_remote(parent), Context())
            self._tracer.start_span(name, above, kind=kind, attributes=facts, start_time=began_ns).end()


class _TraceIds(RandomIdGenerator):
    """The next trace's is `wanted` if that is one: 32 digits, not all of them 0."""

    wanted = ""

    @override
    def generate_trace_id(self) -> int:
        if TRACE_ID.match(self.wanted) and self.wanted != NO_TRACE:
            return int(self.wanted, 16)
        return super().generate_trace_id()


class _Taking(SpanProcessor):
    def __init__(self, take: Callable[[ReadableSpan], None]) -> None:
        self._take = take

    @override
    def on_end(self, span: ReadableSpan) -> None:
        self._take(span)


def _remote(parent: Traceparent) -> NonRecordingSpan:
    flags: Any = TraceFlags(TraceFlags.SAMPLED)
    return NonRecordingSpan(
        SpanContext(int(parent.trace_id, 16), int(parent.span_id, 16), is_remote=True, trace_flags=flags)
    )
