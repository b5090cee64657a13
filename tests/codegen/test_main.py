"""The commands: exit 0 and a line, or exit 1, the findings on stderr, and nothing written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.__main__ import main
from tests.codegen.contracts import ROOT, compose, edited


def run(folder: Path, *arguments: str) -> int:
    return main(["--specs", str(folder / "specs"), "--out", str(folder / "out"), *arguments])


def test_generate_writes_and_check_finds_it_fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compose("p01_bool", tmp_path)
    assert (run(tmp_path, "check"), run(tmp_path, "generate"), run(tmp_path, "check")) == (1, 0, 0)
    (tmp_path / "out" / "models.py").write_text("edited")
    (tmp_path / "out" / "stray.py").write_text("x")
    assert run(tmp_path, "check") == 1
    said = capsys.readouterr().err
    assert "out/models.py is not what the contract says" in said
    assert "out/stray.py is made by nothing" in said


def test_findings_go_to_stderr_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited(tmp_path, ("schemas/artist.yaml", "format: int64", "format: int65"))
    for command in ("generate", "check", "operations", "lock"):
        assert run(tmp_path, command) == 1
        assert "error[S005]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_fix_shows_before_it_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proto = compose("p01_bool", tmp_path) / "proto" / "things.proto"
    text = proto.read_text()
    proto.write_text(text.replace("  optional bool maybe = 2;\n", "", 1))
    before = proto.read_text()
    assert run(tmp_path, "fix", "--dry-run") == 0
    assert proto.read_text() == before
    assert run(tmp_path, "fix") == 0
    assert "+  optional bool maybe = 2;" in capsys.readouterr().out
    assert run(tmp_path, "generate") == 0


def elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The compiler as a tool of another project: the current folder is that project's."""
    command, variables = [sys.executable, "-m", "codegen", *arguments], {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def test_a_contract_elsewhere_becomes_the_same_files_and_nothing_else_is_touched(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "specs", tmp_path / "contract")
    for arguments in (
        ("generate",),
        ("check",),
        ("fix",),
        ("lock",),
        ("operations",),
        ("diff", "--against", "contract"),
    ):
        done = elsewhere(tmp_path, "--specs", "contract", "--out", "made", *arguments)
        assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"contract", "made"}
    assert (tmp_path / "made" / "manifest.json").read_text() == (ROOT / "generated" / "manifest.json").read_text()


def test_without_options_the_current_folder_is_meant_and_never_the_compiler_s_own(tmp_path: Path) -> None:
    refused = elsewhere(tmp_path, "generate")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "there is no folder 'specs'" in refused.stderr
    compose("p01_bool", tmp_path)
    assert elsewhere(tmp_path, "generate").returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {"specs", "generated"}
