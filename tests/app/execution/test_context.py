"""What a handler sees of a call."""

from __future__ import annotations

import time
from typing import Any

from app.auth.principal import Principal
from app.execution.context import Caller, Context, Door


def test_the_principal_is_read_through_the_caller_so_that_a_refresh_is_seen() -> None:
    caller = Caller(None, "127.0.0.1", "agent", Door.HTTP)
    nothing: Any = None
    context = Context(caller, "trace", nothing)
    assert context.principal is None
    caller.principal = Principal("iss", "sub", "ada", None, frozenset(), time.time())
    assert context.principal is caller.principal


def test_events_wait_in_the_context() -> None:
    nothing: Any = None
    context = Context(Caller(None, "", "", Door.WEBSOCKET), "trace", nothing)
    context.publish("one")
    context.publish("two")
    assert context.events == ["one", "two"]
