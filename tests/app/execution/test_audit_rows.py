"""The audit row of a call says who, what and how it ended."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.audit.budget import RowBudget
from app.audit.record import AuditRecord, Outcome
from app.auth.credential_refused import CredentialRefused, IssuerReason, IssuerRefused, Reason
from app.auth.principal import Principal
from app.execution.audit_rows import OK, CredentialLog, SocketRecorder, kept_of, outcome_of, reason_of, record_of
from app.execution.context import Call, Caller, Context, Door
from app.telemetry.bounded_lines import MAX_LINES, BoundedLines
from generated.errors import Forbidden
from generated.models import CreateArtistRequest, GetPaginatedArtistsRequest
from generated.operations import OPERATIONS


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(OK, Outcome.SUCCESS), ("forbidden", Outcome.DENIED), ("unauthenticated", Outcome.DENIED), ("credentials_invalid", Outcome.DENIED),
     ("rate_limited", Outcome.DENIED), ("invalid_data", Outcome.ERROR), ("internal", Outcome.ERROR)],
)  # fmt: skip
def test_outcomes(code: str, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome


def test_a_row_names_the_subject_and_not_the_token() -> None:
    principal = Principal("https://iss", "42", "ada", "session-1", frozenset({"b", "a"}), time.time() + 60)
    nothing: Any = None
    call = Call(OPERATIONS["get_artist"], nothing, nothing, Caller(principal, "10.0.0.1", "agent", Door.HTTP), "trace")
    call.object_id = "7"
    row = record_of(call, "artist_not_found", time.perf_counter() - 0.5)
    assert (row.username, row.subject, row.roles) == ("ada", "https://iss:42", ["a", "b"])
    assert (row.action, row.code, row.object_id, row.trace_id) == ("get_artist", "artist_not_found", "7", "trace")
    assert (row.sid, row.reason) == ("session-1", None)
    assert (row.door, row.ip, row.user_agent, row.outcome) == ("http", "10.0.0.1", "agent", "error")
    assert (row.at.tzinfo, abs(time.time() - row.at.timestamp()) < 60) == (UTC, True)
    assert 400 <= row.duration_ms <= 5000


def test_a_row_keeps_the_fields_of_the_request_that_the_contract_names_and_no_other() -> None:
    """PARITY row 8: a text as it is, any other value as JSON, nothing of what is absent or null."""
    operation = replace(OPERATIONS["create_artist"], audit_fields=("name", "born_on"))
    request = CreateArtistRequest(name='Emma "x"', bio="private", born_on=date(1999, 2, 1))
    assert kept_of(operation, request) == {"name": 'Emma "x"', "born_on": "1999-02-01"}
    assert kept_of(operation, CreateArtistRequest(name="Emma")) == {"name": "Emma"}
    assert kept_of(replace(operation, audit_fields=()), request) is None
    paged = replace(OPERATIONS["get_paginated_artists"], audit_fields=("page", "cursor"))
    assert kept_of(paged, GetPaginatedArtistsRequest(page=3)) == {"page": "3"}


def test_a_success_has_no_code_and_a_stranger_no_name() -> None:
    nothing: Any = None
    call = Call(OPERATIONS["login"], nothing, nothing, Caller(None, "10.0.0.1", "agent", Door.HTTP), "trace")
    row = record_of(call, OK, time.perf_counter())
    assert (row.code, row.username, row.subject, row.roles, row.sid) == (None, None, None, [], None)


def test_the_handler_s_word_for_the_object_counts_before_the_request_s() -> None:
    nothing: Any = None
    caller = Caller(None, "10.0.0.1", "agent", Door.HTTP)
    call = Call(OPERATIONS["login"], nothing, nothing, caller, "trace", object_id="from the request")
    assert record_of(call, OK, 0.0).object_id == "from the request"
    call.context = Context(caller, "trace", nothing)
    assert record_of(call, OK, 0.0).object_id == "from the request"
    call.context.object_id = "from the handler"
    assert record_of(call, OK, 0.0).object_id == "from the handler"


def test_a_row_names_who_the_call_has_shown_to_be_where_it_came_without_a_credential() -> None:
    nothing: Any = None
    caller = Caller(None, "10.0.0.1", "agent", Door.HTTP)
    call = Call(OPERATIONS["login"], nothing, nothing, caller, "trace", context=Context(caller, "trace", nothing))
    assert call.context is not None
    call.context.actor = Principal("https://iss", "42", "ada", "session-1", frozenset(), 0.0)
    row = record_of(call, OK, 0.0)
    assert (row.username, row.subject, row.sid, row.roles) == ("ada", "https://iss:42", "session-1", [])


def test_a_refused_credential_leaves_a_line_with_its_reason_and_an_absent_one_none() -> None:
    nothing: Any = None
    call = Call(OPERATIONS["get_artist"], nothing, nothing, Caller(None, "10.0.0.1", "agent", Door.HTTP), "trace")
    with capture_logs() as lines:
        told = CredentialLog(BoundedLines())
        for reason in (Reason.MISSING, Reason.ISSUER, *[Reason.EXPIRED] * 30):
            told.tell(call, CredentialRefused(reason))
    reasons = [line["reason"] for line in lines]
    assert (reasons[0], set(reasons[1:]), len(reasons)) == ("issuer", {"expired"}, 1 + MAX_LINES)
    assert lines[0] == {
        "event": "auth.denied", "log_level": "info", "door": "http", "action": "get_artist", "code": "unauthenticated",
        "reason": "issuer", "ip": "10.0.0.1", "trace_id": "trace",
    }  # fmt: skip


def test_only_refused_credentials_have_a_reason_beside_their_code() -> None:
    assert reason_of(CredentialRefused(Reason.EXPIRED)) == "expired"
    assert reason_of(IssuerRefused(IssuerReason.DISABLED)) == "disabled"
    assert reason_of(Forbidden("detail")) is None


class Queue:
    """The audit log's, with room for two rows a minute of what limits refuse one caller."""

    def __init__(self) -> None:
        self.rows: list[AuditRecord] = []
        self.left_out = 0
        self.limited = RowBudget(of_one=2, of_all=100, on_left_out=self.leave_out)

    def offer(self, record: AuditRecord) -> None:
        self.rows.append(record)

    def leave_out(self, count: int) -> None:
        self.left_out += count


@pytest.mark.parametrize(("code", "outcome"), [("unauthenticated", "denied"), ("unavailable", "error")])
def test_a_denial_of_the_sockets_door_has_a_row_and_a_line_with_the_reason(code: str, outcome: str) -> None:
    queue = Queue()
    ada = Principal("https://iss", "42", "ada", None, frozenset({"b", "a"}), time.time() + 60)
    with capture_logs() as lines:
        SocketRecorder(queue).refused("ws.refresh", code, "signature", "10.0.0.1", "agent", ada, "trace")
    (row,) = queue.rows
    assert (row.action, row.code, row.outcome, row.door) == ("ws.refresh", code, outcome, "websocket")
    assert (row.username, row.subject, row.roles) == ("ada", "https://iss:42", ["a", "b"])
    assert (row.ip, row.user_agent, row.trace_id, row.reason) == ("10.0.0.1", "agent", "trace", "signature")
    assert (row.object_id, row.duration_ms, row.sid, row.at.tzinfo) == (None, 0, None, UTC)
    assert lines == [
        {"event": "auth.denied", "log_level": "info", "door": "websocket", "action": "ws.refresh", "code": code,
         "reason": "signature", "ip": "10.0.0.1", "trace_id": "trace"}
    ]  # fmt: skip


def test_a_denial_of_a_stranger_names_nobody() -> None:
    queue = Queue()
    SocketRecorder(queue).refused("ws.connect", "unauthenticated", "missing", "10.0.0.1", "agent", None, "trace")
    (row,) = queue.rows
    assert (row.username, row.subject, row.roles, row.sid) == (None, None, [], None)


def test_a_socket_s_end_has_a_row_with_its_code_and_how_long_it_was_open() -> None:
    queue = Queue()
    ada = Principal("https://iss", "42", "ada", "s", frozenset({"b", "a"}), time.time() + 60)
    SocketRecorder(queue).passed("ws.close", ada, "10.0.0.1", "agent", "trace", "1000", 2.5)
    (row,) = queue.rows
    assert (row.action, row.code, row.outcome, row.door) == ("ws.close", None, "success", "websocket")
    assert (row.username, row.subject, row.sid, row.roles) == ("ada", "https://iss:42", "s", ["a", "b"])
    assert (row.ip, row.user_agent, row.trace_id, row.reason) == ("10.0.0.1", "agent", "trace", "1000")
    assert row.duration_ms == 2500


def test_of_handshakes_that_a_limit_refuses_an_address_has_some_rows_and_of_others_all() -> None:
    queue = Queue()
    recorder = SocketRecorder(queue)
    with capture_logs():
        for code in ("rate_limited", "unauthenticated"):
            for number in range(5):
                recorder.refused("ws.handshake", code, code, f"2001:db8::{number}", "agent", None, "trace")
    assert [row.code for row in queue.rows] == ["rate_limited"] * 2 + ["unauthenticated"] * 5
    assert queue.left_out == 3
