"""Contracts before and after an edit, for the tests of the gate."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from codegen.breaking.gate import Verdict, Waiver, judge
from codegen.fix import fix
from codegen.ir.operations import Contract
from codegen.pipeline import load
from tests.codegen.contracts import compose, edited

TODAY = date(2026, 1, 1)
CASE = "p51_everything"
SCHEMA, HTTP, PACKAGES, PROTO = "schemas/things.yaml", "http/things.yaml", "packages/things.yaml", "proto/things.proto"
Edits = tuple[tuple[str, str, str], ...]


def before_and_after(folder: Path, *edits: tuple[str, str, str]) -> tuple[Contract, Contract]:
    """The edit is made in one place; `fix` makes what follows from it. The gate compares what stands in the schemas even
    where the scripts do not agree yet."""
    old = load(compose(CASE, folder / "old"))
    edited(folder / "new", *edits, case=CASE)
    fixed = fix.fix(folder / "new" / "specs")
    fix.write(folder / "new" / "specs", fixed)
    return old.contract, fixed.left.contract


def verdict(folder: Path, *edits: tuple[str, str, str], waivers: tuple[Waiver, ...] = ()) -> Verdict:
    old, new = before_and_after(folder, *edits)
    return judge(old, new, waivers, TODAY)


def rules(found: Verdict, subject: str) -> set[str]:
    return {one.rule for one in found.changes if one.subject == subject}
