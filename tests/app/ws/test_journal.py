"""What is told of a socket: each of its steps once, and its end as what it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.ws.journal import Journal
from app.ws.refusals import Attempt
from tests.app.ws.fakes import FakePassages, FakeRefusals, principal


class Told:
    """A journal whose clock goes on by a second with each look."""

    def __init__(self) -> None:
        self.refusals, self.passages = FakeRefusals(), FakePassages()
        seconds: Iterator[float] = iter(float(one) for one in range(100))
        self.journal = Journal(self.refusals, self.passages, "192.0.2.1", "agent", "trace", lambda: next(seconds))


@pytest.fixture
def told() -> Told:
    return Told()


def test_the_first_token_opens_another_one_renews_and_the_end_has_its_code_and_how_long_it_was_open(told: Told) -> None:
    ann, renewed = principal(), principal(lasts_s=900)
    for one in (ann, ann, renewed, renewed):
        told.journal.accepted(one)
    told.journal.closed(1001)
    told.journal.closed(1006)
    assert told.passages.told == [("ws.connect", "ann", None), ("ws.refresh", "ann", None), ("ws.close", "ann", "1001")]
    assert told.passages.lasted_s == [0.0, 0.0, 1.0]
    assert told.refusals.told == []


def test_a_refused_end_is_the_only_one(told: Told) -> None:
    told.journal.accepted(principal())
    told.journal.refused(Attempt.CLOSE, "revoked", "ended", principal(), "other")
    told.journal.accepted(principal(lasts_s=900))
    told.journal.closed(4504)
    assert [action for action, *_ in told.passages.told] == ["ws.connect"]
    assert (told.refusals.told, told.refusals.who) == ([("ws.close", "revoked", "ended")], [("192.0.2.1", "ann")])


def test_who_was_never_let_in_has_no_end(told: Told) -> None:
    told.journal.refused(Attempt.AUTHENTICATE, "unauthenticated", "signature", None, "trace")
    told.journal.closed(4501)
    assert told.passages.told == []
