"""Which connection a URL of Redis asks for: to one server, to the master that sentinels name, or to a cluster."""

from __future__ import annotations

from app.addresses import CLUSTER, redis_nodes
from app.db.cluster_redis import ClusterConnection
from app.db.pipelined_redis import PipelinedConnection, RedisConnection, Transition
from app.db.sentinel_redis import SentinelConnection
from app.db.traced_redis import TracedCluster, TracedConnection, TracedSentinel
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.traces.port import Tracer


def make_connection(
    url: str,
    *,
    on_transition: Transition = lambda name, old, new: None,
    metrics: RedisMetrics | None = None,
) -> RedisConnection:
    """`url` has been checked. Opens nothing."""
    nodes = redis_nodes(url)
    if nodes is None:
        return PipelinedConnection(url, on_transition=on_transition, metrics=metrics)
    kind = ClusterConnection if nodes.kind == CLUSTER else SentinelConnection
    return kind(nodes, on_transition=on_transition, metrics=metrics)


def make_traced_connection(
    tracer: Tracer, url: str, *, on_transition: Transition, metrics: RedisMetrics | None = None
) -> RedisConnection:
    """As `make_connection`; commands of a request are told to the tracer."""
    nodes = redis_nodes(url)
    if nodes is None:
        return TracedConnection(tracer, url, on_transition=on_transition, metrics=metrics)
    kind = TracedCluster if nodes.kind == CLUSTER else TracedSentinel
    return kind(tracer, nodes, on_transition=on_transition, metrics=metrics)
