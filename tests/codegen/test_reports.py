"""Findings are said in four forms, each as its readers expect it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from codegen.diagnostics import Findings, Place
from codegen.edits import Edit
from codegen.reports import FORMATS


@pytest.fixture
def findings() -> Findings:
    found = Findings()
    found.add(
        "X012", Place("specs/a,b.yaml", 3, 5), "100% <wrong>\nand \x00", other=(Place("specs/b.proto", 1, 1), "is c"),
        notes=("so",), fix="do it", edits=[Edit("specs/b.proto", 1, 1, "x")],
    )  # fmt: skip
    return found


def test_json_has_both_places_and_what_fix_would_insert(findings: Findings) -> None:
    (one,) = json.loads(FORMATS["json"](findings, {}))["findings"]
    assert (one["rule"], one["file"], one["line"], one["column"]) == ("X012", "specs/a,b.yaml", 3, 5)
    assert one["other"] == {"file": "specs/b.proto", "line": 1, "column": 1, "message": "is c"}
    assert one["edits"] == [{"file": "specs/b.proto", "line": 1, "column": 1, "insert": "x"}]


def test_a_github_annotation_is_one_line_with_its_own_escapes(findings: Findings) -> None:
    text = FORMATS["github"](findings, {})
    assert text.count("\n") == 1
    assert text.startswith("::error file=specs/a%2Cb.yaml,line=3,col=5,title=X012::100%25 <wrong>\\nand ")


def test_junit_is_xml_with_one_failure_each(findings: Findings) -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](findings, {}))
    assert (suite.get("tests"), suite.get("failures"), len(suite.findall("testcase/failure"))) == ("1", "1", 1)
    good = ElementTree.fromstring(FORMATS["junit"](Findings(), {}))
    assert (good.get("tests"), good.get("failures")) == ("1", "0")


def test_no_findings_are_no_lines() -> None:
    assert FORMATS["github"](Findings(), {}) == ""
    assert json.loads(FORMATS["json"](Findings(), {})) == {"findings": []}


def test_a_warning_is_one_in_every_form() -> None:
    found = Findings()
    found.warn("S040", Place("specs/a.yaml", 1, 1), "has no end")
    (one,) = json.loads(FORMATS["json"](found, {}))["findings"]
    assert one["severity"] == "warning"
    assert FORMATS["github"](found, {}).startswith("::warning file=specs/a.yaml,")
    suite = ElementTree.fromstring(FORMATS["junit"](found, {}))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert suite.findtext("testcase/system-out") == "warning S040: has no end"
    assert "warning[S040]" in FORMATS["text"](found, {})
