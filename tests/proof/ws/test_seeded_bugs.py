"""Faults that are planted into the service are found by its contract alone, and a service without one is clean."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.proof.bugs import BUGS, Bug, copy_of

ROOT = Path(__file__).parents[3]
SHORT = ("a reply comes twice",)
"""Of the protocol; the others are of the long form."""
LIMIT_S = 60


def hunt(tree: Path, name: str, postgres: Postgres, valkey: Valkey, *options: str) -> dict[str, Any]:
    """The report of the service in the tree, fuzzed by its own document."""
    folder = tree / ".trial"
    url = new_database(postgres, f"trial_{abs(hash(name))}")
    command = [sys.executable, "-m", "tests.proof.trial", str(folder), url, valkey.url, *options]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=LIMIT_S * 3)
    report: dict[str, Any] = json.loads((ended.stdout.splitlines() or ["{}"])[-1])
    assert report, ended.stdout + ended.stderr
    return report


def assert_found(bug: Bug, tmp_path: Path, postgres: Postgres, valkey: Valkey) -> None:
    tree = copy_of(ROOT, tmp_path / "tree")
    bug.plant(tree)
    report = hunt(tree, bug.name, postgres, valkey, "--seconds", str(LIMIT_S), "--seed", "1", "--findings", "3")
    found = {one["check"]: one["text"] for one in report["findings"]}
    assert bug.shows & found.keys(), found


@pytest.mark.parametrize("bug", BUGS, ids=lambda one: one.name)
def test_a_fault_has_its_place_in_the_source(bug: Bug) -> None:
    """So that whoever changes the source is told at once, and not by the long form."""
    compile(bug.planted(ROOT), bug.file, "exec")


@pytest.mark.timeout(LIMIT_S * 4)
@pytest.mark.parametrize("bug", [one for one in BUGS if one.name in SHORT], ids=lambda one: one.name)
def test_a_planted_fault_is_found_within_a_minute(bug: Bug, tmp_path: Path, postgres: Postgres, valkey: Valkey) -> None:
    assert_found(bug, tmp_path, postgres, valkey)


@pytest.mark.long
@pytest.mark.timeout(LIMIT_S * 4)
@pytest.mark.parametrize("bug", [one for one in BUGS if one.name not in SHORT], ids=lambda one: one.name)
def test_every_planted_fault_is_found_within_a_minute(
    bug: Bug, tmp_path: Path, postgres: Postgres, valkey: Valkey
) -> None:
    assert_found(bug, tmp_path, postgres, valkey)


@pytest.mark.parametrize("seconds", [15, pytest.param(600, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
def test_the_service_is_clean(seconds: int, tmp_path: Path, postgres: Postgres, valkey: Valkey) -> None:
    """From a copy like those with a fault, so that nothing but the fault makes the difference."""
    tree = copy_of(ROOT, tmp_path / "tree")
    command = [
        sys.executable,
        "-m",
        "tests.proof.trial",
        str(tree / ".trial"),
        new_database(postgres, f"clean_{seconds}"),
        valkey.url,
    ]
    ended = subprocess.run(
        [*command, "--seconds", str(seconds), "--seed", "2"], cwd=tree, capture_output=True, text=True, check=False
    )
    report = json.loads(ended.stdout.splitlines()[-1])
    assert report["findings"] == [], ended.stdout
    succeeded = {one["operation"] for one in report["calls"] if one["code"] == "ok"}
    assert succeeded >= {one["operation"] for one in report["calls"]}, "an operation never succeeded"
