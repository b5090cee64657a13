"""A waiver is whole or a finding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codegen.breaking.waivers import read_waivers
from codegen.diagnostics import Findings

WHOLE = "{fingerprint: '0123456789ab', owner: ada, reason: agreed, until: '2030-01-01'}"


def read(folder: Path, text: str | None) -> tuple[list[tuple[str, str, date]], list[str]]:
    (folder / "specs").mkdir()
    if text is not None:
        (folder / "specs" / "waivers.yaml").write_text(text)
    findings = Findings()
    found = read_waivers(folder / "specs", findings)
    return [(one.fingerprint, one.owner, one.until) for one in found], [one.rule for one in findings]


def test_without_a_file_nothing_is_waived(tmp_path: Path) -> None:
    assert read(tmp_path, None) == ([], [])


def test_a_whole_one_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, f"waivers:\n  - {WHOLE}\n") == ([("0123456789ab", "ada", date(2030, 1, 1))], [])


@pytest.mark.parametrize(
    "text",
    ["other: 1\n", "waivers: 7\n", "waivers: [{owner: ada}]\n", f"waivers: [{WHOLE.replace('2030-01-01', 'never')}]\n",
     f"waivers: [{WHOLE.replace('0123456789ab', 'xyz')}]\n"],
)  # fmt: skip
def test_anything_else_is_a_finding(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ([], ["V011"])
