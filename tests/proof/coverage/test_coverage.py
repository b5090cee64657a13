"""Goals beside facts: shares, what is due and unseen, and a ledger that is held to both."""

from __future__ import annotations

from pathlib import Path

import pytest

from proof.coverage.coverage import Coverage, missing, read, unproven, word, written
from proof.coverage.goals import Goal
from proof.documents import DocumentError

SUCCESS = Goal(("answer", "get_thing", "REST-json", "ok"), "successes", "get_thing", is_due=True)
CODE = Goal(("code", "get_thing", "thing_not_found"), "codes", "get_thing", is_due=True)
CALLER = Goal(("caller", "get_thing", "WS", "without a role"), "callers", "get_thing", is_due=True)
EVENT = Goal(("event", "thing_made"), "messages", "thing_made", is_due=True)
IMPLIED = Goal(("answer", "get_thing", "REST-json", "internal"), "codes", "get_thing")
GOALS = (SUCCESS, CODE, CALLER, EVENT, IMPLIED)


def seen(*goals: Goal) -> Coverage:
    return Coverage(GOALS, frozenset(one.fact for one in goals))


def test_words_of_a_ledger_say_door_code_caller_and_hearing() -> None:
    assert [word(one) for one in (SUCCESS, CODE, CALLER, EVENT)] == [
        "REST-json",
        "thing_not_found",
        "WS without a role",
        "heard",
    ]


def test_shares_are_by_dimension_and_by_subject() -> None:
    found = seen(SUCCESS, CODE)
    assert found.counted() == (2, 5)
    assert found.by_dimension["codes"] == (1, 2)
    assert found.counted(subject="thing_made") == (0, 1)
    assert found.due == [CALLER, EVENT]


def test_a_ledger_has_what_is_due_and_was_seen() -> None:
    assert seen(CODE, SUCCESS, IMPLIED).ledger == {"get_thing": ["REST-json", "thing_not_found"]}


def test_what_is_due_and_not_in_the_ledger_is_missing() -> None:
    assert missing(GOALS, seen(SUCCESS, CODE, EVENT).ledger) == {"get_thing": ["WS without a role"]}
    assert missing(GOALS, seen(*GOALS).ledger) == {}


def test_a_ledger_that_says_more_than_was_seen_is_unproven() -> None:
    ledger = {"get_thing": ["REST-json", "thing_not_found"], "get_gone": ["REST-json"]}
    assert unproven(ledger, seen(SUCCESS)) == {"get_thing": ["thing_not_found"], "get_gone": ["REST-json"]}


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    assert read(file) == {}
    file.write_text(written(seen(*GOALS).ledger))
    assert read(file) == seen(*GOALS).ledger


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_what_is_no_ledger_is_said_with_its_mending(tmp_path: Path, text: str) -> None:
    file = tmp_path / "coverage.json"
    file.write_text(text)
    with pytest.raises(DocumentError, match="make coverage-contract"):
        read(file)
