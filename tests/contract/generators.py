"""Generators of other hands, in an environment of their own: what they need is not what the service or its tests run with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LOCK = Path(__file__).with_name("requirements-generators.lock")
UV = Path(sys.executable).with_name("uv")
QUIET = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}


def installed(config: pytest.Config) -> Path:
    """The folder of their programs. Installed once, from a lock with hashes, into pytest's cache."""
    folder = Path(config.cache.mkdir("generators")) if config.cache else Path(".stele", "generators")
    done, environment = folder / "installed", folder / "environment"
    if not done.exists() or done.read_bytes() != LOCK.read_bytes():
        shutil.rmtree(environment, ignore_errors=True)
        run(UV, "venv", "--quiet", "--python", sys.executable, environment)
        python = environment / "bin" / "python"
        run(UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", LOCK)
        shutil.copy(LOCK, done)
    return environment / "bin"


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What it printed. Raises AssertionError with that where it fails."""
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=170,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout
