"""Each mutant of what is generated is told by comparing the doors (issue of proof by contract: all of them, none survives)."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

import pytest

from app.development.servers import Postgres
from tests.proof.bugs import copy_of
from tests.proof.doors.mutants import MODELS, OPERATIONS, PACKAGES, ROUTES, WIRE, Mutant, mutants
from tests.proof.doors.trial import STILLBORN, read

ROOT = Path(__file__).parents[3]
MUTANTS = mutants(ROOT)
SHORT = {'values_of_create_artist_request: not values["bio"] = message.bio'}
"""Of a converter."""
CASES, LIMIT_CASES = 3000, 280
TRIAL_S = 600


def killed(mutant: Mutant, folder: Path, postgres: Postgres) -> str:
    """How it was told; nothing where it lives."""
    tree = copy_of(ROOT, folder / "tree")
    mutant.plant(tree)
    short = uuid.uuid4().hex[:8]
    cases, scale = (LIMIT_CASES, 1) if mutant.is_of_limits else (CASES, 1000)
    words = [postgres.url, str(tree / f".trial-{short}"), str(cases), "1", str(scale), *mutant.operations]
    command = [sys.executable, "-m", "tests.proof.doors.trial", *words]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=TRIAL_S)
    if ended.returncode == STILLBORN:
        return "does not start"
    report = read(ended.stdout)
    assert report, ended.stdout + ended.stderr
    if mutant.is_of_limits and not report["limited"]:
        return "nothing is limited"
    return " ".join(report["found"])


def test_there_are_mutants_of_each_kind() -> None:
    found = Counter(one.file for one in MUTANTS)
    assert found.keys() == {WIRE, MODELS, ROUTES, PACKAGES, OPERATIONS}
    assert len({one.text for one in MUTANTS}) == len(MUTANTS), "two are the same"
    assert {one.name for one in MUTANTS} >= SHORT


@pytest.mark.timeout(TRIAL_S + 60)
@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.name in SHORT], ids=lambda one: one.name)
def test_a_mutant_is_told(mutant: Mutant, tmp_path: Path, postgres: Postgres) -> None:
    assert killed(mutant, tmp_path, postgres)


@pytest.mark.long
@pytest.mark.timeout(TRIAL_S + 60)
@pytest.mark.parametrize("mutant", [one for one in MUTANTS if one.name not in SHORT], ids=lambda one: one.name)
def test_every_mutant_is_told(mutant: Mutant, tmp_path: Path, postgres: Postgres) -> None:
    assert killed(mutant, tmp_path, postgres), f"{mutant.name} lives"
