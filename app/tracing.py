"""The parts of a worker that tell spans, where the settings say to whom; where they do not, the parts as they are, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import unquote

from app.broadcast.broker import Broker
from app.broadcast.outbox import Outbox
from app.broadcast.topics import Topics
from app.broadcast.traced_broker import TracedBroker
from app.broadcast.traced_outbox import TracedOutbox
from app.db.pipelined_redis import RedisConnection
from app.db.redis_connections import make_connection, make_traced_connection
from app.db.statement_clock import StatementClock
from app.db.traced_clock import TracedClock
from app.execution.runner import Pipeline
from app.execution.traced_runner import TracedRunner
from app.settings import Settings
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.metrics import Known, Metrics
from app.telemetry.metrics.traced_values import TracedTimes
from app.telemetry.traces.export import Export
from generated.operations import CONTRACT_VERSION
from generated.product import NAME
from generated.wire import EVENT_CODECS, EVENT_OF


class Tracing(Protocol):
    """What wiring makes its parts with."""

    def metrics(self, known: Known) -> Metrics: ...
    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock: ...
    def redis(self, url: str, metrics: Metrics) -> RedisConnection: ...
    def runner(self, runner: Pipeline) -> Pipeline: ...
    def outbox(self, topics: Topics, metrics: Metrics, *, wake: Callable[[str], None]) -> Outbox: ...
    def broker(self, broker: Broker, delivered: Mapping[str, int]) -> Broker: ...
    def start(self, supervisor: Supervisor) -> None:
        """What is told is handed on from now on."""

    async def flush(self) -> None:
        """After the last request; within 2 s."""


class Off:
    """Nothing is told, and nothing of OpenTelemetry's SDK is imported."""

    def metrics(self, known: Known) -> Metrics:
        return Metrics(known)

    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock:
        return StatementClock(metrics.database, slow_s=slow_s)

    def redis(self, url: str, metrics: Metrics) -> RedisConnection:
        return make_connection(url, on_transition=metrics.breakers.moved, metrics=metrics.redis)

    def runner(self, runner: Pipeline) -> Pipeline:
        return runner

    def outbox(self, topics: Topics, metrics: Metrics, *, wake: Callable[[str], None]) -> Outbox:
        return Outbox(EVENT_OF, EVENT_CODECS, topics, wake=wake, on_commit=metrics.events.published)

    def broker(self, broker: Broker, delivered: Mapping[str, int]) -> Broker:
        return broker

    def start(self, supervisor: Supervisor) -> None: ...
    async def flush(self) -> None: ...


class On:
    """Spans go to `endpoint`, by OTLP over HTTP."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], *, sample: float) -> None:
        otel: Any = import_module("app.telemetry.traces.otel")
        self._sender = otel.OtlpSender(endpoint, headers)
        self._export = Export(self._sender.send)
        self._tracer = otel.OtelTracer(self._export.add, service=_service(), sample=sample)

    def metrics(self, known: Known) -> Metrics:
        metrics = Metrics(known, partial(TracedTimes, current=self._tracer.current))
        metrics.read(
            Catalogue.TRACE_SPANS_DROPPED, lambda: {(why,): count for why, count in self._export.dropped.items()}
        )
        return metrics

    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock:
        return TracedClock(self._tracer, metrics.database, slow_s=slow_s)

    def redis(self, url: str, metrics: Metrics) -> RedisConnection:
        return make_traced_connection(self._tracer, url, on_transition=metrics.breakers.moved, metrics=metrics.redis)

    def runner(self, runner: Pipeline) -> Pipeline:
        return TracedRunner(self._tracer, runner)

    def outbox(self, topics: Topics, metrics: Metrics, *, wake: Callable[[str], None]) -> Outbox:
        published = metrics.events.published
        return TracedOutbox(self._tracer, EVENT_OF, EVENT_CODECS, topics, wake=wake, on_commit=published)

    def broker(self, broker: Broker, delivered: Mapping[str, int]) -> Broker:
        return TracedBroker(self._tracer, broker, delivered)

    def start(self, supervisor: Supervisor) -> None:
        supervisor.start("trace-export", self._export.work)

    async def flush(self) -> None:
        await self._export.flush()
        self._sender.close()


def make_tracing(settings: Settings) -> Tracing:
    if settings.otel_exporter_otlp_endpoint is None:
        return Off()
    said = settings.otel_exporter_otlp_headers
    headers = {} if said is None else headers_of(said.get_secret_value())
    return On(settings.otel_exporter_otlp_endpoint, headers, sample=settings.trace_sample)


def headers_of(text: str) -> dict[str, str]:
    """`name=value,name=value`, percent-encoded, as OpenTelemetry's variable has it."""
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    return {unquote(name).strip().lower(): unquote(value).strip() for name, _, value in pairs}


def _service() -> dict[str, str]:
    """By the conventions' names for a resource; each worker is an instance."""
    return {"service.name": NAME, "service.version": CONTRACT_VERSION, "service.instance.id": str(uuid.uuid4())}
