"""Alloy's own parser as a program, built once by Go from its module; the hash of each module it needs stands in `alloy/go.sum`."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.deployment.composed import ROOT

SOURCE = Path(__file__).parent / "alloy"
PROGRAM = ROOT / ".stele" / "alloy" / "parse"
BUILT_S = 300.0
"""About 10 s on an idle core."""


class NoParser(Exception):
    """Why it cannot be had here."""


def program() -> Path:
    """Raises NoParser."""
    if PROGRAM.exists():
        return PROGRAM
    if shutil.which("go") is None:
        raise NoParser("Alloy's parser is built by go, and there is none here")
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    draft = PROGRAM.with_name(f"draft.{os.getpid()}")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    command = ["go", "build", "-o", str(draft), "."]
    built = subprocess.run(
        command, cwd=SOURCE, env=environment, capture_output=True, text=True, check=False, timeout=BUILT_S
    )
    if built.returncode:
        raise NoParser(f"Alloy's parser could not be built: {built.stderr.strip().splitlines()[-1]}")
    return draft.rename(PROGRAM)


def faults_of(file: Path) -> str:
    """What is wrong with a configuration, with its lines; empty where nothing is. Raises NoParser."""
    ended = subprocess.run([str(program()), str(file)], capture_output=True, text=True, check=False, timeout=60)
    return ended.stderr if ended.returncode else ""
