"""The parts of a worker that tell spans, where the settings say to whom; where they do not, the parts as they are, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol
from urllib.parse import unquote

from app.db.pipelined_redis import RedisConnection
from app.db.redis_connections import make_connection, make_traced_connection
from app.db.statement_clock import StatementClock
from app.db.traced_clock import TracedClock
from app.execution.runner import Pipeline
from app.execution.traced_runner import TracedRunner
from app.settings import Settings
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.metrics import Metrics
from app.telemetry.traces.export import Export
from generated.operations import CONTRACT_VERSION
from generated.product import NAME


class Tracing(Protocol):
    """What wiring makes its parts with."""

    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock: ...
    def redis(self, url: str, metrics: Metrics) -> RedisConnection: ...
    def runner(self, runner: Pipeline) -> Pipeline: ...
    def start(self, supervisor: Supervisor) -> None:
        """What is told is handed on from now on."""

    async def flush(self) -> None:
        """After the last request; within 2 s."""


class Off:
    """Nothing is told, and nothing of OpenTelemetry's SDK is imported."""

    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock:
        return StatementClock(metrics.database, slow_s=slow_s)

    def redis(self, url: str, metrics: Metrics) -> RedisConnection:
        return make_connection(url, on_transition=metrics.breakers.moved, metrics=metrics.redis)

    def runner(self, runner: Pipeline) -> Pipeline:
        return runner

    def start(self, supervisor: Supervisor) -> None: ...
    async def flush(self) -> None: ...


class On:
    """Spans go to `endpoint`, by OTLP over HTTP."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], *, sample: float, metrics: Metrics) -> None:
        otel: Any = import_module("app.telemetry.traces.otel")
        self._sender = otel.OtlpSender(endpoint, headers)
        self._export = Export(self._sender.send)
        self._tracer = otel.OtelTracer(self._export.add, service=_service(), sample=sample)
        metrics.read(
            Catalogue.TRACE_SPANS_DROPPED, lambda: {(why,): count for why, count in self._export.dropped.items()}
        )

    def clock(self, metrics: Metrics, *, slow_s: float) -> StatementClock:
        return TracedClock(self._tracer, metrics.database, slow_s=slow_s)

    def redis(self, url: str, metrics: Metrics) -> RedisConnection:
        return make_traced_connection(self._tracer, url, on_transition=metrics.breakers.moved, metrics=metrics.redis)

    def runner(self, runner: Pipeline) -> Pipeline:
        return TracedRunner(self._tracer, runner)

    def start(self, supervisor: Supervisor) -> None:
        supervisor.start("trace-export", self._export.work)

    async def flush(self) -> None:
        await self._export.flush()
        self._sender.close()


def make_tracing(settings: Settings, metrics: Metrics) -> Tracing:
    if settings.otel_exporter_otlp_endpoint is None:
        return Off()
    said = settings.otel_exporter_otlp_headers
    headers = {} if said is None else headers_of(said.get_secret_value())
    return On(settings.otel_exporter_otlp_endpoint, headers, sample=settings.trace_sample, metrics=metrics)


def headers_of(text: str) -> dict[str, str]:
    """`name=value,name=value`, percent-encoded, as OpenTelemetry's variable has it."""
    pairs = (one.partition("=") for one in text.split(",") if one.strip())
    return {unquote(name).strip().lower(): unquote(value).strip() for name, _, value in pairs}


def _service() -> dict[str, str]:
    """By the conventions' names for a resource; each worker is an instance."""
    return {"service.name": NAME, "service.version": CONTRACT_VERSION, "service.instance.id": str(uuid.uuid4())}
