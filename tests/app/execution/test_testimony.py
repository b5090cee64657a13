"""The audit row of a call says who, what and how it ended."""

from __future__ import annotations

import time
from typing import Any

import pytest

from app.audit.record import AuditRecord, Outcome
from app.auth.principal import Principal
from app.execution.context import Call, Caller, Door
from app.execution.testimony import OK, Denials, outcome_of, record_of
from generated.operations import OPERATIONS


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(OK, Outcome.SUCCESS), ("forbidden", Outcome.DENIED), ("unauthenticated", Outcome.DENIED),
     ("rate_limited", Outcome.DENIED), ("invalid_data", Outcome.ERROR), ("internal", Outcome.ERROR)],
)  # fmt: skip
def test_outcomes(code: str, outcome: Outcome) -> None:
    assert outcome_of(code) is outcome


def test_a_row_names_the_subject_and_not_the_token() -> None:
    principal = Principal("https://iss", "42", "ada", None, frozenset({"b", "a"}), time.time() + 60)
    nothing: Any = None
    call = Call(OPERATIONS["get_author"], nothing, nothing, Caller(principal, "10.0.0.1", "agent", Door.HTTP), "trace")
    row = record_of(call, "author_not_found", time.perf_counter() - 0.5, "7")
    assert (row.username, row.subject, row.roles) == ("ada", "https://iss:42", ["a", "b"])
    assert (row.action, row.code, row.object_id, row.trace_id) == ("get_author", "author_not_found", "7", "trace")
    assert 400 <= row.duration_ms <= 5000


def test_a_success_has_no_code_and_a_stranger_no_name() -> None:
    nothing: Any = None
    call = Call(OPERATIONS["login"], nothing, nothing, Caller(None, "10.0.0.1", "agent", Door.HTTP), "trace")
    row = record_of(call, OK, time.perf_counter(), None)
    assert (row.code, row.username, row.subject, row.roles) == (None, None, None, [])


@pytest.mark.parametrize(("code", "outcome"), [("unauthenticated", "denied"), ("unavailable", "error")])
def test_a_denial_of_the_sockets_door_has_a_row_and_a_line_with_the_reason(
    code: str, outcome: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[AuditRecord] = []
    ada = Principal("https://iss", "42", "ada", None, frozenset({"b", "a"}), time.time() + 60)
    Denials(rows.append)("ws.refresh", code, "signature", "10.0.0.1", "agent", ada, "trace")
    (row,) = rows
    assert (row.action, row.code, row.outcome, row.door) == ("ws.refresh", code, outcome, "websocket")
    assert (row.username, row.subject, row.roles) == ("ada", "https://iss:42", ["a", "b"])
    assert (row.ip, row.user_agent, row.trace_id, row.object_id) == ("10.0.0.1", "agent", "trace", None)
    assert "signature" in capsys.readouterr().out
