"""Each command of a request is a span by its word, ended with its answer, whatever that is."""

from __future__ import annotations

import asyncio
from typing import Any

import hiredis
import pytest

from app.db.pipelined_redis import RedisUnavailable
from app.db.traced_redis import TracedConnection
from app.development.servers import Valkey
from tests.app.telemetry.traces.heard import Heard
from tests.redis_connections import until_up


async def test_commands_are_spans_without_their_arguments(valkey: Valkey) -> None:
    heard = Heard()
    connection = TracedConnection(heard, valkey.url, on_transition=lambda name, old, new: None)
    with pytest.raises(RedisUnavailable):
        connection.call(b"GET", "away")
    work = asyncio.create_task(connection.run())
    try:
        await until_up(connection)
        assert await connection.call(b"ECHO", "the-value") == b"the-value"
        answer: Any = await connection.call("NO-SUCH")
        assert isinstance(answer, hiredis.ReplyError)
        left = connection.call("PING")
        left.cancel()
        await connection.call("PING")
        heard.is_told = False
        await connection.call("PING")
    finally:
        work.cancel()
        await asyncio.wait([work])
    told = [(one.name, one.failure, one.ends) for one in heard.spans]
    assert told == [
        ("GET", "unavailable", 1),
        ("ECHO", None, 1),
        ("NO-SUCH", "refused", 1),
        ("PING", "cancelled", 1),
        ("PING", None, 1),
    ]
    assert heard.spans[1].facts == {"db.system.name": "redis", "db.operation.name": "ECHO"}
