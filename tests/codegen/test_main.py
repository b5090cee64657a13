"""The commands: exit 0 and a line, or exit 1, the findings on stderr, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.__main__ import main
from tests.codegen.contracts import compose, edited


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
    edited(tmp_path, ("schemas/author.yaml", "format: int64", "format: int65"))
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
