"""What a handler sees of a call."""

from __future__ import annotations

import time
from typing import Any

from app.audit.record import COMMAND
from app.auth.principal import Principal
from app.execution.context import Call, Caller, Context, Door
from generated.enums import AuditDoor
from generated.operations import OPERATIONS


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


def test_no_two_requests_of_one_caller_share_their_events() -> None:
    nothing: Any = None
    caller = Caller(None, "", "", Door.WEBSOCKET)
    first, second = Context(caller, "a", nothing), Context(caller, "b", nothing)
    first.publish("one")
    first.object_id = "7"
    assert (second.events, second.object_id) == ([], None)


def test_a_call_is_new_until_the_runner_says_otherwise() -> None:
    nothing: Any = None
    call = Call(OPERATIONS["get_artist"], nothing, nothing, Caller(None, "", "", Door.HTTP), "trace")
    assert (call.timeout_s, call.idempotency_key, call.permit, call.replayed) == (None, None, None, False)


def test_doors_are_the_contract_s() -> None:
    assert {str(one) for one in Door} == {str(one) for one in AuditDoor} - {COMMAND}
