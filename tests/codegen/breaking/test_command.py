"""The two commands that compare a contract with an older one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.codegen.contracts import compose


def codegen(specs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "codegen", "--specs", str(specs), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_changelog_is_written_beside_the_contract_or_where_it_is_told(tmp_path: Path) -> None:
    """The same gate as `diff`, without its exit code: what breaks somebody is what readers want to know."""
    old, new = compose("p04_strings", tmp_path / "old"), compose("p17_union", tmp_path / "new")
    assert codegen(new, "diff", "--against", str(old)).returncode == 1
    done = codegen(new, "changelog", "--against", str(old))
    assert (done.returncode, done.stderr) == (0, "")
    written = (new / "CHANGELOG.md").read_text()
    assert "\n### Breaking\n" in written
    told = codegen(new, "changelog", "--against", str(new), "--into", str(tmp_path / "other.md"))
    assert told.returncode == 0
    assert "Nothing changed." in (tmp_path / "other.md").read_text()


def test_without_a_contract_to_compare_with_nothing_is_written(tmp_path: Path) -> None:
    specs = compose("p04_strings", tmp_path / "new")
    done = codegen(specs, "changelog", "--against", "nowhere")
    assert done.returncode == 2
    assert "nothing to compare with" in done.stderr
    assert not (specs / "CHANGELOG.md").exists()
