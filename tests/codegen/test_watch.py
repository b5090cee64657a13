"""`generate --watch` writes again after each save, says what is wrong, goes on, and ends by ^C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.watch import changes
from tests.codegen.contracts import ROOT, compose
from tests.faults.processes import hears_interrupts

LIMIT_S = 60


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    compose("p01_bool", tmp_path)
    command = [sys.executable, "-m", "codegen", "--specs", "specs", "--out", "out", "generate", "--watch"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hears_interrupts,
    )  # fmt: skip
    yield process
    process.kill()
    process.wait(LIMIT_S)


def test_each_save_is_generated_and_a_mistake_does_not_end_it(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    assert watching.stdout is not None
    assert watching.stderr is not None
    path, models = tmp_path / "specs" / "schemas" / "things.yaml", tmp_path / "out" / "results.py"
    assert "paths changed" in watching.stdout.readline()
    assert "waiting for a change of specs" in watching.stdout.readline()
    text, before = path.read_text(), models.read_text()
    path.write_text(text.replace("boolean", "bolean", 1))
    assert "error[S003]" in watching.stderr.readline()
    assert "waiting" in watching.stdout.readline()
    assert models.read_text() == before
    path.write_text("# A comment.\n" + text)
    assert "paths changed" in watching.stdout.readline()
    assert "waiting" in watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    assert watching.wait(LIMIT_S) == 0


def test_a_change_is_told_once_when_it_has_settled(tmp_path: Path) -> None:
    told = changes(tmp_path, 0.01)
    next(told)
    (tmp_path / "a").write_text("a")
    next(told)
    (tmp_path / "b").write_text("b")
    (tmp_path / "a").unlink()
    started = time.monotonic()
    next(told)
    assert time.monotonic() - started < LIMIT_S
