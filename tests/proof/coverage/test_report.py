"""The table has a line for each operation and each dimension; a share of 100 % is all."""

from __future__ import annotations

import json

from proof.coverage.report import as_json, listed, percent, share, table
from tests.proof.coverage.test_coverage import CODE, GOALS, SUCCESS, seen


def test_a_line_for_each_operation_and_each_dimension() -> None:
    lines = table(seen(SUCCESS, CODE), ["get_thing"]).splitlines()
    assert lines[0].split() == ["operation", "successes", "codes", "statuses", "callers", "keywords"]
    assert lines[1].split() == ["get_thing", "1/1", "1/2", "-", "0/1", "-"]
    assert [line.split()[0] for line in lines[3:]] == [
        "successes", "codes", "statuses", "callers", "keywords", "messages", "close"
    ]  # fmt: skip


def test_almost_all_is_not_all() -> None:
    assert (percent(999, 1000), percent(3, 3), percent(0, 0)) == ("99%", "100%", "-")
    assert share(0, 0) == "-"


def test_json_has_every_goal() -> None:
    written = json.loads(json.dumps(as_json(seen(SUCCESS))))
    assert len(written["goals"]) == len(GOALS)
    assert written["dimensions"]["codes"] == {"seen": 0, "of": 2}
    assert {one["subject"] for one in written["due"]} == {"get_thing", "thing_made"}


def test_what_is_missing_is_a_line_for_each_subject() -> None:
    assert listed({"get_thing": ["REST-json", "heard"]}) == ["get_thing: REST-json, heard"]
