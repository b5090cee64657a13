"""Differences are told to people, to CI and to programs, and left out where somebody said so."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from proof.traffic.judge import CHECKS, Difference
from proof.traffic.play import Tally
from proof.traffic.report import as_json, as_junit, described, is_ignored, summary

ONE = Difference("member", "get_artist", 7, "recorded 'a', now 'b'", "/items/3/name", "a", "b\x00")


@pytest.mark.parametrize(
    ("word", "is_so"),
    [
        ("member", True),
        ("member:get_artist", True),
        ("member:get_artist:/items/3/name", True),
        ("member:get_artist:/items/*/name", True),
        ("member:get_artist:/items/*", False),
        ("member:other", False),
        ("status", False),
        ("member:get_artist:/items/4/name", False),
    ],
)
def test_what_is_ignored_is_named_as_closely_as_one_likes(word: str, is_so: bool) -> None:
    assert is_ignored(ONE, [word]) is is_so


def test_a_path_may_be_ignored() -> None:
    assert is_ignored(Difference("status", "GET /hidden", 1, "t"), ["status:GET /hidden"])


def test_a_difference_is_told_with_both_values() -> None:
    text = described(ONE)
    assert "member: get_artist at /items/3/name: recorded 'a', now 'b' (line 7)" in text
    assert CHECKS["member"] in text
    assert 'recorded  "a"' in text
    assert "\x00" not in text
    assert len(described(Difference("member", "a", 1, "t", "/a", "x" * 5000, None))) < 1000


def tally() -> Tally:
    return Tally(Counter({"get_artist": 3}), Counter({"a: why": 1}), Counter({"it raced": 2}), [ONE], 1.0)


def test_a_summary_has_a_line_for_each_operation() -> None:
    lines = summary(tally(), [ONE], 4).splitlines()
    assert lines[1].split() == ["get_artist", "3", "1"]
    assert "not judged: 2 times: it raced" in lines
    assert "not played: 1 times: a: why" in lines
    assert lines[-1] == "3 played in 1 s: 1 difference, 4 ignored"
    assert summary(tally(), [], 0).endswith("3 played in 1 s: no differences")


def test_junit_has_a_case_for_each_check_and_fails_where_something_differs() -> None:
    suite = ElementTree.fromstring(as_junit(tally(), [ONE]))
    assert len(suite) == len(CHECKS)
    (failed,) = [case for case in suite if len(case)]
    assert (failed.get("classname"), failed.get("name")) == ("get_artist", "member")


def test_json_has_everything() -> None:
    told = as_json(tally(), [ONE], 0)
    assert told["differences"][0]["pointer"] == "/items/3/name"
    assert (told["played"], told["not_judged"]) == ({"get_artist": 3}, {"it raced": 2})
