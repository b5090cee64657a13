"""Every finding names a rule that is explained, and every rule has a contract that breaks it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from codegen.__main__ import main
from codegen.rules import RULES, document, explain
from tests.codegen.contracts import CASES, ROOT

IMPORT = {"I001", "I002", *(f"I0{number}" for number in range(10, 23))}
ELSEWHERE = {"S040", "V017", "Y001"} | IMPORT
"""Broken in tests of their own: what breaks them is too large for a folder, is no contract, or is refused for nothing."""
ID = re.compile(r"[A-Z]\d{3}\Z")


def used() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in Path(ROOT, "codegen").rglob("*.py") if path.name != "rules.py"]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return {node.value for node in nodes if isinstance(node.value, str) and ID.match(node.value)}


def test_every_rule_that_the_compiler_names_is_explained_and_none_is_left_over() -> None:
    assert used() == set(RULES)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    broken = {rule for path in CASES.glob("*/stderr.txt") for rule in re.findall(r"error\[(\w+)\]", path.read_text())}
    assert set(RULES) - broken == ELSEWHERE


def test_there_are_at_least_sixty_cases_of_each_kind() -> None:
    assert len(list(CASES.glob("*/expected"))) >= 60
    assert len(list(CASES.glob("*/stderr.txt"))) >= 60


def test_forty_kinds_of_disagreement_between_the_scripts_have_their_golden() -> None:
    kinds = {path.parent.name for letter in "xjnv" for path in CASES.glob(f"n_{letter}*/stderr.txt")}
    assert len(kinds) >= 40


def test_the_page_of_rules_is_what_the_compiler_prints() -> None:
    assert (ROOT / "docs" / "rules.md").read_text() == document()


def test_explain_prints_one_rule_and_refuses_another(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "X012"]) == 0
    assert capsys.readouterr().out == explain("X012")
    assert main(["explain", "Q999"]) == 1
    assert "there is no rule 'Q999'" in capsys.readouterr().err
