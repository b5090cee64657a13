"""What reads the configuration of a program that Go builds: the program's own reader, from its module, built once.

Each is a folder of `readers/`; the hash of each module that it needs stands in its `go.sum`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.deployment.composed import ROOT

SOURCES = Path(__file__).parent / "readers"
PROGRAMS = ROOT / ".stele" / "readers"
BUILT_S = 500.0
"""On an idle core about 10 s for Alloy's parser, and 100 s for Traefik's decoder."""


class NoReader(Exception):
    """Why it cannot be had here."""


def program(name: str) -> Path:
    """Raises NoReader."""
    path = PROGRAMS / name
    if path.exists():
        return path
    if shutil.which("go") is None:
        raise NoReader(f"what reads the configuration of {name} is built by go, and there is none here")
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{name}.{os.getpid()}")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    command = ["go", "build", "-o", str(draft), "."]
    built = subprocess.run(
        command, cwd=SOURCES / name, env=environment, capture_output=True, text=True, check=False, timeout=BUILT_S
    )
    if built.returncode:
        raise NoReader(
            f"what reads the configuration of {name} could not be built: {built.stderr.strip().splitlines()[-1]}"
        )
    return draft.rename(path)


def faults_of(name: str, file: Path) -> str:
    """What is wrong with a configuration; empty where nothing is. Raises NoReader."""
    ended = subprocess.run([str(program(name)), str(file)], capture_output=True, text=True, check=False, timeout=60)
    return ended.stderr if ended.returncode else ""
