"""One verdict: the bump it asks for, and what a waiver settles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codegen.breaking.gate import Waiver, judge
from codegen.breaking.rules import Severity
from codegen.diagnostics import NOWHERE
from tests.codegen.breaking.changes import HTTP, SCHEMA, TODAY, before_and_after, verdict
from tests.codegen.contracts import shipped

REMOVED = (SCHEMA, "    note: {type: [string, 'null'], default: null}\n", "")
ADDED = (
    SCHEMA,
    "    note: {type: [string, 'null'], default: null}\n",
    "    note: {type: [string, 'null'], default: null}\n    size: {type: boolean}\n",
)


@pytest.mark.parametrize(
    ("edit", "bump"),
    [(REMOVED, "major"), (ADDED, "minor"), ((HTTP, "summary: Case ping.", "summary: Another text."), "patch")],
)
def test_the_version_that_a_change_asks_for(tmp_path: Path, edit: tuple[str, str, str], bump: str) -> None:
    assert verdict(tmp_path, edit).bump == bump


def test_a_contract_has_not_changed_from_itself() -> None:
    found = judge(shipped(), shipped(), (), TODAY)
    assert (found.changes, found.bump, found.is_breaking) == ((), "none", False)


def waiver(fingerprint: str, until: date) -> Waiver:
    return Waiver(fingerprint, "ada", "agreed", until, NOWHERE)


def test_a_waiver_settles_its_change_until_its_day(tmp_path: Path) -> None:
    old, new = before_and_after(tmp_path, REMOVED)
    plain = judge(old, new, (), TODAY)
    waivers = [waiver(one.fingerprint, date(2026, 6, 1)) for one in plain.changes if one.severity is Severity.ERR]
    settled = judge(old, new, waivers, TODAY)
    assert (plain.is_breaking, settled.is_breaking, settled.bump) == (True, False, "major")
    late = judge(old, new, waivers, date(2026, 6, 2))
    assert late.is_breaking
    assert "waiver-expired" in {one.rule for one in late.changes}


def test_a_waiver_that_waives_nothing_is_said() -> None:
    found = judge(shipped(), shipped(), [waiver("0" * 12, date(2030, 1, 1))], TODAY)
    assert [(one.rule, one.severity) for one in found.changes] == [("waiver-unused", Severity.WARN)]
