"""A contract with half of a dialect missing is made whole again, without a person's text being touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen import fix
from codegen.pipeline import load
from tests.codegen.contracts import CASES, compose, edited

GOOD = sorted(path.parent.name for path in CASES.glob("*/expected"))


@pytest.mark.parametrize("case", GOOD[::5])
def test_without_its_proto_files_a_contract_is_completed_to_the_same_one(case: str, tmp_path: Path) -> None:
    specs = compose(case, tmp_path)
    before = load(specs).contract
    for path in (specs / "proto").glob("*.proto"):
        if path.name != "envelope.proto":
            path.unlink()
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    fix.write(specs, fixed)
    after = load(specs).contract
    assert after.hash == before.hash
    assert fix.fix(specs).texts == {}


def test_a_field_of_the_schema_gets_the_next_free_number_and_the_lock_knows_it(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    edited(
        tmp_path,
        (
            "schemas/author.yaml",
            "    version: {$ref: '#/AuthorVersion'}\n",
            "    version: {$ref: '#/AuthorVersion'}\n    shelf: {type: string}\n",
        ),
    )
    text = (specs / "proto" / "authors.proto").read_text()
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    assert set(fixed.texts) == {"specs/proto/authors.proto", "specs/contract.lock"}
    added = fixed.texts["specs/proto/authors.proto"]
    assert added.replace("  optional string shelf = 8;\n", "") == text
    assert "shelf: 8" in fixed.texts["specs/contract.lock"]


def test_nothing_is_written_before_it_is_asked_for_and_what_needs_a_person_is_left(tmp_path: Path) -> None:
    edited(tmp_path, ("policy.yaml", "key: ip", "key: planet"))
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert "F003" in {one.rule for one in fixed.left.findings}


def test_a_field_that_left_both_scripts_becomes_reserved(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/author.yaml", "bio, born_on, created_at", "born_on, created_at"),
        ("schemas/author.yaml", "    bio: {type: [string, 'null'], maxLength: 2000}\n", ""),
        ("proto/authors.proto", "  optional string bio = 3;\n", ""),
    )
    fixed = fix.fix(tmp_path / "specs")
    assert '  reserved 3;\n  reserved "bio";\n' in fixed.texts["specs/proto/authors.proto"]
