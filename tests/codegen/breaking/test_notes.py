"""What is said to readers breaks nobody; that something is deprecated is told, and what goes is judged as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.notes import compare_notes
from codegen.ir.operations import Contract
from tests.codegen.breaking.changes import CASE, SCHEMA, TODAY, before_and_after, rules
from tests.codegen.contracts import contract_of, edited

NOTE = "note: {type: [string, 'null'], default: null"
DEPRECATED = (SCHEMA, NOTE, f"{NOTE}, deprecated: true")


@pytest.fixture
def old(tmp_path: Path) -> Contract:
    return contract_of(CASE, tmp_path / "plain")


def test_a_field_that_becomes_deprecated_is_told_once_and_back(tmp_path: Path, old: Contract) -> None:
    new = edited(tmp_path / "new", DEPRECATED, case=CASE).contract
    for before, after, rule in ((old, new, "field-deprecated"), (new, old, "field-undeprecated")):
        found = judge(before, after, (), TODAY)
        assert {one.rule for one in found.changes} == {rule}
        assert found.bump == "patch"
        assert not found.is_breaking
        assert len({one.subject for one in found.changes}) == len(found.changes)


def test_a_type_that_becomes_deprecated_is_told(tmp_path: Path, old: Contract) -> None:
    new = edited(tmp_path / "new", (SCHEMA, "Colour: {", "Colour: {deprecated: true, "), case=CASE).contract
    assert [(one.rule, one.subject) for one in compare_notes(old, new)] == [("type-deprecated", "Colour")]
    assert [one.rule for one in compare_notes(new, old)] == ["type-undeprecated"]


def test_examples_and_links_are_no_change_but_another_document(tmp_path: Path, old: Contract) -> None:
    edit = (SCHEMA, NOTE, f"{NOTE}, example: a, externalDocs: {{url: 'https://example.org'}}")
    found = judge(old, edited(tmp_path / "new", edit, case=CASE).contract, (), TODAY)
    assert found.changes == ()
    assert found.bump == "patch"


def test_what_was_deprecated_is_judged_as_before_where_it_goes(tmp_path: Path) -> None:
    before, after = before_and_after(tmp_path, (SCHEMA, f"    {NOTE}}}\n", ""))
    marked = edited(tmp_path / "marked", DEPRECATED, case=CASE).contract
    plain, deprecated = (judge(one, after, (), TODAY) for one in (before, marked))
    assert plain.is_breaking
    assert plain.changes == deprecated.changes
    assert rules(deprecated, "Thing.note")
