"""The ledger is held to the contract without facts, and to the facts where there are some."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from proof.coverage.command import main
from proof.coverage.coverage import Coverage, written
from proof.coverage.facts import Notebook
from proof.coverage.goals import goals, scope
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED

GOALS = tuple(goals(scope(compiled(SHIPPED))))


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """All that there is to see, but for one success."""
    file = tmp_path / "facts.ndjson"
    notes = Notebook(file)
    for goal in GOALS:
        if goal.fact != ("answer", "get_artist", "WS-protobuf", "ok"):
            notes.note(*goal.fact)
    return file


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """All that is due, as if it had been seen."""
    file = tmp_path / "coverage.json"
    file.write_text(written(Coverage(GOALS, frozenset(one.fact for one in GOALS)).ledger))
    return file


def run(*words: object) -> int:
    return main(["--specs", str(SHIPPED), *map(str, words)])


def test_a_whole_ledger_says_nothing(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--ledger", ledger) == 0
    assert capsys.readouterr() == ("", "")


def test_an_operation_that_no_test_reached_is_named_with_what_is_missing(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after `make new`: the operation is in the contract, and no test is."""
    known = json.loads(ledger.read_text())
    del known["get_artist"]
    ledger.write_text(json.dumps(known))
    assert run("--ledger", ledger) == 1
    said = capsys.readouterr().err
    assert f"{ledger}: no test was seen to reach get_artist: REST-json, REST-protobuf, WS-json, WS-protobuf, " in said
    assert "make coverage-contract" in said


def test_a_ledger_that_says_more_than_the_tests_saw_is_refused(
    ledger: Path, facts: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--ledger", ledger, "--facts", facts, "--quiet") == 1
    assert "no test reaches this any more: get_artist: WS-protobuf" in capsys.readouterr().err


def test_facts_write_the_ledger_the_page_and_every_goal(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, page, every = tmp_path / "new.json", tmp_path / "index.html", tmp_path / "goals.json"
    assert run("--ledger", ledger, "--facts", facts, "--write", "--html", page, "--json", every) == 0
    printed = capsys.readouterr()
    assert "get_artist" in printed.out
    assert "due and not seen: get_artist: WS-protobuf" in printed.err
    assert run("--ledger", ledger) == 1
    assert page.read_text().count("due and not seen")
    assert len(json.loads(every.read_text())["goals"]) == len(GOALS)


def test_facts_of_several_runs_are_taken_together(facts: Path, ledger: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ndjson"
    Notebook(other).note("answer", "get_artist", "WS-protobuf", "ok")
    assert run("--ledger", ledger, "--facts", facts, "--facts", other, "--quiet") == 0


def test_what_cannot_be_read_is_said(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--ledger", ledger, "--facts", tmp_path / "nothing") == 2
    broken = shutil.copytree(SHIPPED, tmp_path / "specs")
    (broken / "policy.yaml").write_text("roles: [")
    assert main(["--specs", str(broken), "--ledger", str(ledger)]) == 2
    assert "is no contract that compiles" in capsys.readouterr().err
