"""Every rule of the gate has its mirror, and both are of the same family."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from codegen.breaking.rules import RULES, Severity
from tests.codegen.contracts import ROOT

SAME = {
    "waiver-expired",
    "waiver-unused",
    "operation-removed-after-sunset",
    "request-required-field-added",
    "answer-optional-field-removed",
}
"""Variants: their mirror's mirror is the plain form."""


def test_a_mirror_s_mirror_is_the_rule_itself() -> None:
    for name, rule in RULES.items():
        assert rule.mirror in RULES
        if name not in SAME:
            assert RULES[rule.mirror].mirror == name, name


def test_of_a_change_and_its_opposite_at_most_one_breaks_unless_it_is_both() -> None:
    for name, rule in RULES.items():
        if rule.severity is Severity.ERR and rule.mirror != name and name not in SAME:
            assert RULES[rule.mirror].severity is not Severity.ERR, name


def test_every_rule_of_a_request_has_one_of_the_answer() -> None:
    requests = {name.removeprefix("request-") for name in RULES if name.startswith("request-")} - {
        "required-field-added", "null-refused", "null-accepted",
    }  # fmt: skip
    answers = {name.removeprefix("answer-") for name in RULES if name.startswith("answer-")} - {
        "null-sent",
        "null-never-sent",
        "optional-field-removed",
    }
    assert requests == answers


def test_what_breaks_says_whom() -> None:
    for name, rule in RULES.items():
        assert bool(rule.audiences) or rule.severity is not Severity.ERR or name.startswith("waiver-"), name


def test_every_rule_is_used_and_no_other() -> None:
    """Names that are put together by direction are spelled with `{way}`."""
    used: set[str] = set()
    for path in Path(ROOT, "codegen", "breaking").glob("*.py"):
        if path.name == "rules.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in RULES:
                used.add(node.value)
            if isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z-]*" for part in node.values
                )
                used |= {name for name in RULES if len(pattern) > 9 and re.fullmatch(pattern, name)}
    assert set(RULES) - used == set()
