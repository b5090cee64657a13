"""Each refusal of PostgreSQL has one meaning, and a class speaks for the states that no row names."""

from __future__ import annotations

import asyncpg
import pytest

from app.db.sqlstates import MEANINGS, Meaning, meaning_of, refusal_for, refusal_of
from generated.errors import ApiError, ChangedMeanwhile, Internal, InvalidData, OutcomeUnknown, Unavailable


def refused(state: str) -> asyncpg.PostgresError:
    error = asyncpg.PostgresError("no")
    error.sqlstate = state
    return error


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("08006", Meaning.LOST),
        ("57P01", Meaning.LOST),
        ("57014", Meaning.UNAVAILABLE),
        ("40001", Meaning.UNAVAILABLE),
        ("40003", Meaning.OUTCOME_UNKNOWN),
        ("53400", Meaning.UNAVAILABLE),
        ("42601", Meaning.INTERNAL),
        ("42P01", Meaning.UNAVAILABLE),
        ("23514", Meaning.INTERNAL),
        ("XX000", Meaning.INTERNAL),
        ("", Meaning.INTERNAL),
    ],
)
def test_a_state_goes_before_its_class(state: str, meaning: Meaning) -> None:
    assert meaning_of(refused(state)) is meaning


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("08006", Unavailable),
        ("55P03", Unavailable),
        ("40003", OutcomeUnknown),
        ("23505", ChangedMeanwhile),
        ("22003", InvalidData),
        ("42601", Internal),
    ],
)
def test_what_may_pass_says_when_to_come_again_and_nothing_of_postgresql(state: str, kind: type[ApiError]) -> None:
    error = refusal_of(refused(state))
    assert type(error) is kind
    assert bool(error.retry_after_s) == (kind in (Unavailable, OutcomeUnknown))
    assert error.detail != "no"


def test_every_row_is_a_state_or_a_class() -> None:
    assert {len(state) for state in MEANINGS} == {2, 5}


def test_what_is_not_postgresqls_is_left_to_others() -> None:
    assert refusal_for(ValueError()) is None
    assert isinstance(refusal_for(refused("53100")), Unavailable)
