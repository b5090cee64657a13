"""One run for one caller: what it says, and that it leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.http.callers import Caller, Login
from proof.http.run import Plan, run
from tests.proof.http.things import DOCUMENT, TOKEN, serving


def plan(url: str, schema: str) -> Plan:
    return Plan(url, schema, DOCUMENT, Login("log_in", "user", "word", "/token"), seed=3, examples=2)


def test_a_document_of_a_file_is_run_against_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("things.json").write_text(json.dumps(DOCUMENT))
    with serving() as url:
        outcome = run(plan(url, "things.json"), Caller("robot", token=TOKEN))
    assert outcome.code == 0, outcome.output
    assert outcome.report["seed"] == 3
    assert set(outcome.tally.answers) == {"POST /session", "POST /things", "GET /things/{name}"}
    assert TOKEN not in outcome.output + outcome.junit + json.dumps(outcome.report)
    assert [one.name for one in tmp_path.iterdir()] == ["things.json"]


def test_a_service_that_is_not_there_is_no_success() -> None:
    outcome = run(plan("http://127.0.0.1:9", "http://127.0.0.1:9/openapi.json"), Caller("anonymous"))
    assert not outcome.has_passed
    assert outcome.code
