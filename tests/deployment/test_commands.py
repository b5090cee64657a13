"""`make start` and its like: thin words over the engine's own, and one line where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deployment.composed import ROOT

ECHO = "echo"
SAID = {
    ("start",): "--file docker/compose.yaml up --detach --remove-orphans",
    ("start", "PROFILE=full"): "--file docker/compose.yaml --profile full up --detach --remove-orphans",
    ("stop",): "--file docker/compose.yaml --profile full down",
    ("logs",): "--file docker/compose.yaml --profile full logs --follow --tail 100",
    ("logs", "SERVICE=node-2"): "--file docker/compose.yaml --profile full logs --follow --tail 100 node-2",
    ("shell", "SERVICE=postgres"): "--file docker/compose.yaml --profile full exec postgres sh",
    ("status",): "--file docker/compose.yaml --profile full ps --all",
    ("build",): "--file docker/compose.yaml build",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that has its variables, whose image comes from a registry."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / ".env").write_text("NAME=desk\nIMAGE=registry.example/desk:7\n")
    return tmp_path


def make(folder: Path, *words: str, compose: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "COMPOSE": compose}
    command = ["make", "--no-print-directory", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("words", SAID, ids=" ".join)
def test_it_says_to_the_engine(folder: Path, words: tuple[str, ...]) -> None:
    ended = make(folder, *words, compose=ECHO)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, SAID[words], "")


@pytest.mark.parametrize("word", ["start", "stop", "logs", "shell", "status", "build"])
def test_without_an_engine_one_line_says_so(folder: Path, word: str) -> None:
    ended = make(folder, word, compose="no-such-engine compose")
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[0].startswith("no 'no-such-engine compose' answers here: install Docker")


def test_without_variables_one_line_says_so(folder: Path) -> None:
    (folder / "docker" / ".env").unlink()
    ended = make(folder, "start", compose=ECHO)
    assert ended.returncode != 0
    assert ended.stderr.splitlines()[0] == "docker/.env is not there: make secrets writes it"
    assert ended.stdout == ""
