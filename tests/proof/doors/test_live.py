"""The same answer through every door: services that are asked alike answer alike and store alike (ACCEPTANCE W15)."""

from __future__ import annotations

import pytest

from proof.doors.command import doors_of, summary
from proof.doors.judgement import Judgement
from proof.doors.run import Comparison
from proof.protobuf import compiled
from tests.proof.doors.stage import ROOT, Stage

WINDOW_S, CALLS_OF_A_WINDOW = 60, 280
"""Of the limit of writes, which are somewhat more than half of what is drawn; it allows 120 to a user."""
USERS = ["admin", "editor", "nobody"]

pytestmark = pytest.mark.xdist_group("stage")


@pytest.mark.survives("W15")
@pytest.mark.parametrize(
    ("cases", "partly"),
    [
        pytest.param(1400, 600, marks=pytest.mark.timeout(400)),
        pytest.param(14_000, 6_000, marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
    ],
)
def test_every_door_answers_and_stores_the_same(cases: int, partly: int, on: Stage) -> None:
    """W15 (D11, D15): calls are drawn from the contract, fitting and not, by several callers, and made at four services, each through
    one door: results, codes, the faults' places, rows and audit rows are the same."""
    contract = compiled(ROOT / "specs")
    with on.services(ROOT) as (urls, databases):
        doors, callers = doors_of(contract, urls, USERS)
        whole = Comparison(contract, doors, callers, databases, judgement=Judgement(contract)).run(cases, 1)
        assert not whole.differences, summary(whole, 1)
        doors, callers = doors_of(contract, urls, USERS)
        part = Comparison(contract, doors, callers, judgement=Judgement(contract)).run(partly, 2)
        assert not part.differences, summary(part, 2)
    assert whole.events > cases / 100, "hardly an event was heard"
    succeeded = {name for name, code in whole.codes if code == "ok"}
    assert succeeded == {name for name, _ in whole.codes}, "an operation never succeeded"


@pytest.mark.survives("W15")
@pytest.mark.timeout(300)
def test_every_door_counts_the_same_towards_a_limit(on: Stage) -> None:
    """W15: a caller goes on until the limit: the same call is the first that is refused as too many, at every door."""
    contract = compiled(ROOT / "specs")
    with on.services(ROOT, RATE_LIMIT_SCALE="1") as (urls, databases):
        doors, callers = doors_of(contract, urls, ["admin"])
        tally = Comparison(contract, doors, callers, databases).run(CALLS_OF_A_WINDOW, 3)
    assert not tally.differences, summary(tally, 3)
    assert tally.seconds < WINDOW_S, "the machine is too slow for this to say anything"
    refused = sum(count for (_, code), count in tally.codes.items() if code == "rate_limited")
    assert 0 < refused < tally.cases
