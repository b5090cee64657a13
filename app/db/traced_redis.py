"""The connections to Redis, where each command of a request is a span, too: named by its word, never with an argument."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import hiredis
from typing_extensions import override

from app.addresses import RedisNodes
from app.db.cluster_redis import ClusterConnection
from app.db.pipelined_redis import Argument, PipelinedConnection, RedisUnavailable, Transition
from app.db.sentinel_redis import SentinelConnection
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.traces.port import Tracer


class TracedConnection(PipelinedConnection):
    """As its base. A command that is sent outside of a request has no span."""

    def __init__(
        self, tracer: Tracer, url: str, *, on_transition: Transition, metrics: RedisMetrics | None = None
    ) -> None:
        super().__init__(url, on_transition=on_transition, metrics=metrics)
        self._tracer = tracer

    @override
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        return _told(self._tracer, super().call, arguments)


class TracedSentinel(SentinelConnection):
    """As its base, with spans as of `TracedConnection`."""

    def __init__(
        self, tracer: Tracer, nodes: RedisNodes, *, on_transition: Transition, metrics: RedisMetrics | None = None
    ) -> None:
        super().__init__(nodes, on_transition=on_transition, metrics=metrics)
        self._tracer = tracer

    @override
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        return _told(self._tracer, super().call, arguments)


class TracedCluster(ClusterConnection):
    """As its base, with spans as of `TracedConnection`. A command that is sent on is one span."""

    def __init__(
        self, tracer: Tracer, nodes: RedisNodes, *, on_transition: Transition, metrics: RedisMetrics | None = None
    ) -> None:
        super().__init__(nodes, on_transition=on_transition, metrics=metrics)
        self._tracer = tracer

    @override
    def call(self, *arguments: Argument) -> asyncio.Future[Any]:
        return _told(self._tracer, super().call, arguments)


def _told(
    tracer: Tracer, send: Callable[..., asyncio.Future[Any]], arguments: tuple[Argument, ...]
) -> asyncio.Future[Any]:
    word = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
    span = tracer.ask(word, {"db.system.name": "redis", "db.operation.name": word})
    if span is None:
        return send(*arguments)
    try:
        answer = send(*arguments)
    except RedisUnavailable:
        span.end(failure="unavailable")
        raise
    answer.add_done_callback(lambda done: span.end(failure=_failure_of(done)))
    return answer


def _failure_of(answer: asyncio.Future[Any]) -> str | None:
    if answer.cancelled():
        return "cancelled"
    if answer.exception() is not None:
        return "unavailable"
    return "refused" if isinstance(answer.result(), hiredis.ReplyError) else None
