"""A URL says which connection it asks for, with a tracer or without."""

from __future__ import annotations

import pytest

from app.db.cluster_redis import ClusterConnection
from app.db.pipelined_redis import PipelinedConnection
from app.db.redis_connections import make_connection, make_traced_connection
from app.db.sentinel_redis import SentinelConnection
from app.db.traced_redis import TracedCluster, TracedConnection, TracedSentinel
from tests.app.telemetry.traces.heard import Heard


@pytest.mark.parametrize(
    ("url", "plain", "traced"),
    [
        ("redis://h:1/0", PipelinedConnection, TracedConnection),
        ("unix:///run/redis.sock", PipelinedConnection, TracedConnection),
        ("redis+sentinel://h/main", SentinelConnection, TracedSentinel),
        ("rediss+cluster://a:1,b:2", ClusterConnection, TracedCluster),
    ],
)
async def test_the_scheme_decides(url: str, plain: type[object], traced: type[object]) -> None:
    assert type(make_connection(url)) is plain
    assert type(make_traced_connection(Heard(), url, on_transition=lambda name, old, new: None)) is traced
