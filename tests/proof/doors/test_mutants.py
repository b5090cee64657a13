"""Each mutant of what is generated is told by comparing the doors, and nothing is told of what is none."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.proof.doors.mutants import MODELS, OPERATIONS, PACKAGES, ROUTES, WIRE, Mutant, mutants, unharmed
from tests.proof.doors.stage import ROOT, Stage
from tests.proof.doors.trial import Ground

MUTANTS = mutants(ROOT)
SHORT = {
    'values_of_create_artist_request: line 4: not values["bio"] = message.bio',
    "create_artist: bucket=None",
    "create_artist: no roles over HTTP",
}
"""Of a converter, of a limit, of one door's policy."""
TRIAL_S = 300

pytestmark = pytest.mark.xdist_group("stage")


@pytest.fixture(scope="module")
def ground(on: Stage) -> Ground:
    return Ground(on)


def of_trees(trees: list[Mutant], *, are_short: bool) -> pytest.MarkDecorator:
    marks = [] if are_short else [pytest.mark.long]
    found = [pytest.param(one, id=one.name, marks=marks) for one in trees if (one.name in SHORT) is are_short]
    return pytest.mark.parametrize("mutant", found)


def test_there_are_mutants_of_each_kind() -> None:
    found = Counter(one.file for one in MUTANTS)
    assert found.keys() == {WIRE, MODELS, ROUTES, PACKAGES, OPERATIONS}
    assert len({one.text for one in MUTANTS}) == len(MUTANTS), "two are the same"
    assert {one.name for one in MUTANTS} >= SHORT


@pytest.mark.timeout(TRIAL_S)
@of_trees(MUTANTS, are_short=True)
def test_a_mutant_is_told(mutant: Mutant, ground: Ground) -> None:
    assert ground.tried(mutant).told


@pytest.mark.timeout(TRIAL_S)
@of_trees(MUTANTS, are_short=False)
def test_every_mutant_is_told(mutant: Mutant, ground: Ground) -> None:
    assert ground.tried(mutant).told, f"{mutant.name} lives"


@pytest.mark.timeout(TRIAL_S)
@of_trees(unharmed(ROOT), are_short=False)
def test_nothing_is_told_of_what_is_no_mutant(mutant: Mutant, ground: Ground) -> None:
    """Where limits are tried, each of them is met."""
    assert ground.tried(mutant).told == ""
