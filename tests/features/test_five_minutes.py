"""README's five minutes, line by line as a shell runs them: a project, a resource, a service that answers, and its tests."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.development.servers import free_port
from tests.codegen.project.trees import copy_of_tree
from tests.node import MODULES, install

ROOT = Path(__file__).parents[2]
READY_S = 60.0
STOP_S = 30.0


def blocks() -> tuple[str, list[str]]:
    """What the first terminal runs, and the lines of the second."""
    section = (ROOT / "README.md").read_text().partition("## Yours in five minutes\n")[2].partition("\n## ")[0]
    first, second = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return first, second.splitlines()


def shell(text: str) -> list[str]:
    """The text for a shell whose `make` takes this environment for the project's own, which has the same locks."""
    made = f'make() {{ command make --no-print-directory -o .venv/.ready PYTHON_IN={sys.executable} VENV={ROOT}/.venv "$@"; }}'
    return ["bash", "-ec", f"{made}\n{text}"]


def a_shell_s(port: int) -> dict[str, str]:
    """The environment without what `make` and pytest, which may run this test, tell their children."""
    inherited = ("MAKE", "MFLAGS", "PYTEST")
    return {name: text for name, text in os.environ.items() if not name.startswith(inherited)} | {"PORT": str(port)}


@contextmanager
def running(text: str, folder: Path, port: int) -> Iterator[Path]:
    """The first terminal, until its service is ready; then ^C, as a person would. Answers the project's folder."""
    log = folder / "first.log"
    environment = a_shell_s(port)
    with log.open("w") as printed:
        process = subprocess.Popen(
            shell(text), cwd=folder / "stele", env=environment, stdout=printed, stderr=printed, start_new_session=True
        )
    try:
        await_ready(process, port, log)
        yield folder / "desk"
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(STOP_S)


def await_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"not ready: {log.read_text()}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """`stele` in it is a clone. Not below pytest's folders, which are their owner's alone: the embedded PostgreSQL may be
    another user, who has to get there."""
    install()
    with tempfile.TemporaryDirectory(prefix="stele-five-minutes-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        (Path(name) / "stele").mkdir()
        copy_of_tree(Path(name) / "stele")
        yield Path(name)


def said(line: str, project: Path, port: int) -> str:
    done = subprocess.run(shell(line), cwd=project, env=a_shell_s(port), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_line_of_the_five_minutes_does_what_readme_says(folder: Path) -> None:
    first, (create, find, test) = blocks()
    port = free_port()
    with running(first, folder, port) as project:
        (project / "tests" / "npm" / "node_modules").symlink_to(MODULES)
        assert "title       The printer burns\n" in said(create, project, port)
        head, row = said(find, project, port).splitlines()[:2]
        assert head.split()[:3] == ["ID", "TITLE", "STATUS"]
        assert "The printer burns" in row
        assert " passed" in said(test, project, port)
