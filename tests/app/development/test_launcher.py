"""`make run`: everything comes up, the printed lines work, Ctrl-C leaves nothing, and data survives."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.development.servers import free_port

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "import os, sys; from pathlib import Path; from app.development.launcher import Launcher; "
    "sys.exit(Launcher(Path(sys.argv[1]), os.environ).run())"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="stele-run-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """What it printed until it was ready; at the end it is interrupted and must end well."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "KEYCLOAK_URL")
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], env={**kept, "PORT": str(port), "HOST": "127.0.0.1"}, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        yield printed
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=30)[0]
    assert process.returncode == 0, printed + rest


def children_of(folder: Path) -> list[str]:
    """Command lines of processes that work in the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def test_the_printed_lines_work_data_survives_and_nothing_is_left_running(folder: Path) -> None:
    port = free_port()
    with running(folder, port) as printed:
        for user in ("reader", "editor", "admin", "nobody"):
            assert user in printed
        curl = next(line.strip() for line in printed.splitlines() if line.strip().startswith("curl -i"))
        created = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, check=True).stdout
        assert "201 Created" in created
        call = next(line.strip() for line in printed.splitlines() if "app.development call" in line)
        python, *arguments = shlex.split(call)
        answer = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert '"status_code":0' in answer
        assert "Ada Lovelace" in answer
        assert python
    if Path("/proc").is_dir():
        assert children_of(folder) == []
    with running(folder, port) as printed:
        call = next(line.strip() for line in printed.splitlines() if "app.development call" in line)
        answer = subprocess.run(
            [sys.executable, *shlex.split(call)[1:]], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert len(re.findall("Ada Lovelace", answer)) == 1


def test_a_taken_port_is_said_before_anything_starts(folder: Path) -> None:
    with running(folder, port := free_port()):
        second = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder)], env={**os.environ, "PORT": str(port)}, cwd=ROOT,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr
