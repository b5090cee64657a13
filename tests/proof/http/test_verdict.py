"""What the runs of all callers say together."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from proof.http.run import Outcome
from proof.http.tally import Tally
from proof.http.verdict import Verdict

DOCUMENT = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}
PASSED = {"operations": {"tested": 2, "total": 2}, "failures": [], "errors": []}
JUNIT = '<testsuites><testsuite name="st"><testcase name="GET /a"/></testsuite></testsuites>'


def outcome(caller: str, *answers: tuple[str, int], code: int = 0, report: dict[str, Any] = PASSED) -> Outcome:
    tally = Tally()
    for label, status in answers:
        tally.hear(label, status, None)
    return Outcome(caller, code, "", report, JUNIT if report else "", tally)


def test_an_operation_may_succeed_for_one_caller_and_fail_for_the_other() -> None:
    both = [outcome("admin", ("GET /a", 200), ("GET /b", 403)), outcome("nobody", ("GET /b", 204))]
    assert Verdict(DOCUMENT, both).faults() == []


def test_an_operation_that_succeeds_for_nobody_is_a_fault() -> None:
    faults = Verdict(DOCUMENT, [outcome("admin", ("GET /a", 200), ("GET /b", 403))]).faults()
    assert faults == ["GET /b has succeeded for nobody"]


def test_limits_that_refuse_are_named() -> None:
    (fault,) = Verdict(DOCUMENT, [outcome("admin", ("GET /a", 200), ("GET /b", 429))]).faults()
    assert "RATE_LIMIT_SCALE" in fault


def test_a_run_that_failed_or_did_not_come_to_an_end_or_left_something_out_is_a_fault() -> None:
    failure = {"title": "Server error", "count": 2}
    heard = (("GET /a", 200), ("GET /b", 200))
    failed = outcome("admin", *heard, code=1, report=PASSED | {"failures": [failure]})
    fallen = outcome("editor", *heard, code=2, report={})
    partial = outcome("nobody", *heard, report=PASSED | {"operations": {"tested": 1, "total": 2}})
    assert Verdict(DOCUMENT, [failed, fallen, partial]).faults() == [
        "admin: Server error (2)",
        "editor: no verdict, exit code 2",
        "nobody: 1 of 2 operations tested",
    ]


def test_the_table_has_a_row_for_each_operation_and_the_reasons_of_excuses() -> None:
    one = outcome("admin", ("GET /a", 200), ("GET /a", 404), ("GET /b", 204))
    one.tally.excused["for a reason"] += 3
    head, *rows = Verdict(DOCUMENT, [one]).table()
    assert head.split() == ["admin"]
    assert [row.split() for row in rows[:2]] == [["GET", "/a", "1", "of", "2"], ["GET", "/b", "1", "of", "1"]]
    assert rows[2:] == ["excused 3 times: for a reason"]


def test_reports_name_the_caller_and_what_is_said_of_all(tmp_path: Path) -> None:
    verdict = Verdict(DOCUMENT, [outcome("admin", ("GET /a", 200)), outcome("editor", code=2, report={})])
    verdict.write_json(tmp_path / "http.json")
    verdict.write_junit(tmp_path / "http.xml")
    written = json.loads((tmp_path / "http.json").read_text())
    assert written["faults"] == verdict.faults()
    assert written["callers"]["admin"]["answers"] == {"GET /a": {"200": 1}}
    suites = ET.parse(tmp_path / "http.xml").getroot()
    assert [one.get("name") for one in suites] == ["admin: st", "all callers"]
    assert [one.get("failures") for one in suites if one.get("name") == "all callers"] == ["1"]
