"""A finding says where, what, what stands at the other place, and how to fix it."""

from __future__ import annotations

from codegen.diagnostics import Findings, Place
from codegen.edits import Edit

HERE, THERE = Place("a.yaml", 2, 3), Place("b.proto", 1, 1)


def test_both_places_are_shown_with_their_lines() -> None:
    findings = Findings()
    findings.add("X012", HERE, "a is b", other=(THERE, "is c"), notes=("so it is",), fix="make them equal")
    assert findings.render({"a.yaml": "one\n  two\n", "b.proto": "three\n"}) == (
        "a.yaml:2:3 error[X012] a is b,\n   2 |   two\n     |   ^\n   but b.proto:1:1 is c\n   1 | three\n     | ^\n"
        "   = so it is\n   = fix: make them equal\n1 finding; nothing was written.\n"
    )


def test_findings_are_sorted_by_place_and_said_once() -> None:
    findings = Findings()
    for line in (3, 1, 3):
        findings.add("Y001", Place("a.yaml", line, 1), "x")
    assert [one.place.line for one in findings] == [1, 3]


def test_a_later_stage_may_add_the_fix() -> None:
    findings = Findings()
    findings.add("X005", HERE, "x")
    findings.attach("X005", HERE, [Edit("a.yaml", 1, 1, "text")])
    findings.attach("X005", THERE, [Edit("a.yaml", 1, 1, "other")])
    assert [one.edits for one in findings] == [(Edit("a.yaml", 1, 1, "text"),)]


def test_a_place_outside_of_the_text_has_no_excerpt() -> None:
    findings = Findings()
    findings.add("Y001", Place("gone.yaml", 9, 9), "x")
    assert findings.render({}).startswith("gone.yaml:9:9 error[Y001] x\n1 finding")


def test_a_warning_is_said_and_counted_apart_from_what_is_refused() -> None:
    findings = Findings()
    findings.warn("S040", HERE, "a has no end", fix="give it one")
    assert (len(findings), list(findings), len(findings.said())) == (0, [], 1)
    assert findings.render({}) == "a.yaml:2:3 warning[S040] a has no end\n   = fix: give it one\n1 warning.\n"
    findings.add("X012", THERE, "b is wrong")
    assert findings.render({}).endswith("\n1 finding and 1 warning; nothing was written.\n")
    findings.harden()
    assert len(findings) == 2
    assert findings.render({}).endswith("\n2 findings; nothing was written.\n")
