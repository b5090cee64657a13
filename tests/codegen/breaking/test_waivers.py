"""A waiver is read whole; what is not whole has a finding of the file's shape."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codegen.breaking.waivers import read_waivers
from tests.codegen.contracts import edited, rules

FILE = "waivers.yaml"
WHOLE = "{fingerprint: '0123456789ab', owner: ada, reason: agreed, until: '2030-01-01'}"


def test_without_a_file_nothing_is_waived(tmp_path: Path) -> None:
    assert list(read_waivers(edited(tmp_path).dialects.documents)) == []


def test_a_whole_one_is_read(tmp_path: Path) -> None:
    loaded = edited(tmp_path, (FILE, "", f"waivers:\n  - {WHOLE}\n"))
    found = [(one.fingerprint, one.owner, one.until) for one in read_waivers(loaded.dialects.documents)]
    assert (found, rules(loaded)) == ([("0123456789ab", "ada", date(2030, 1, 1))], set())


@pytest.mark.parametrize(
    "text",
    ["other: 1\n", "waivers: 7\n", "waivers: [{owner: ada}]\n", f"waivers: [{WHOLE.replace('2030-01-01', 'never')}]\n",
     f"waivers: [{WHOLE.replace('0123456789ab', 'xyz')}]\n"],
)  # fmt: skip
def test_anything_else_is_a_finding(tmp_path: Path, text: str) -> None:
    assert rules(edited(tmp_path, (FILE, "", text))) <= {"F001", "F002", "F003"}
    assert len(edited(tmp_path / "again", (FILE, "", text)).findings)
