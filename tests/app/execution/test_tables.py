"""A stored answer is one row per subject, operation and key."""

from __future__ import annotations

from app.execution.tables import STORED_ANSWER


def test_the_key_is_the_caller_s_own() -> None:
    assert [column.name for column in STORED_ANSWER.primary_key] == ["subject", "operation", "key"]


def test_an_answer_may_be_missing_while_its_call_runs() -> None:
    assert STORED_ANSWER.c.answer.nullable
    assert not STORED_ANSWER.c.fingerprint.nullable
