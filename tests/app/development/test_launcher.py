"""`make run`: everything comes up, the printed lines work, Ctrl-C leaves nothing, and data survives."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx2
import pytest

from app.development.servers import Postgres, Valkey, free_port
from tests.databases import new_database

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "import os, sys; from pathlib import Path; from app.development.launcher import Launcher; "
    "sys.exit(Launcher(Path(sys.argv[1]), os.environ).run())"
)
EMBEDDED = ("DATABASE_URL", "REDIS_URL", "KEYCLOAK_URL")


def processes() -> dict[int, tuple[int, str]]:
    """Parent and command line of everything that runs; nothing where there is no /proc."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if state != "Z":
                found[int(folder.name)] = (int(parent), command)
    return found


def descendants(pid: int) -> dict[int, str]:
    """Command lines by pid."""
    every = processes()
    found: dict[int, str] = {}
    fresh = {pid}
    while fresh:
        fresh = {child for child, (parent, _) in every.items() if parent in fresh}
        found |= {child: every[child][1] for child in fresh}
    return found


class Run:
    """`make run` with its state in another folder. Entered, it serves; left, it was interrupted and has ended."""

    def __init__(self, folder: Path, port: int | str, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in EMBEDDED}
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder)],
            env={**kept, "PORT": str(port), "HOST": "127.0.0.1", **settings},
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.printed = ""
        self.children: dict[int, str] = {}

    def __enter__(self) -> Self:
        assert self._process.stdout
        for line in self._process.stdout:
            self.printed += line
            if "Ctrl-C" in line:
                break
        self.children = descendants(self._process.pid)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self.wait()

    def wait(self, within_s: float = 30) -> int:
        """The exit code."""
        if self._process.returncode is None:
            self.printed += self._process.communicate(timeout=within_s)[0]
        return self._process.returncode

    def line(self, sign: str) -> str:
        """The line to copy that has the sign."""
        assert sign in self.printed, self.printed
        return next(line.strip() for line in self.printed.splitlines() if sign in line)

    def left_over(self) -> dict[int, str]:
        """Children that outlived it."""
        every = processes()
        return {pid: command for pid, command in self.children.items() if every.get(pid, (0, ""))[1] == command}


def ask(line: str) -> str:
    """What the printed command prints; its Python is the one of these tests."""
    words = shlex.split(line)
    settings = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    command = [sys.executable, *words[len(settings) + 1 :]]
    environment = {**os.environ, **settings}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def add_artist(run: Run) -> None:
    """Something that is there again when the service is started again."""
    address = re.findall(r"http://127\.0\.0\.1:\d+", run.line("serves at"))[0]
    with httpx2.Client(base_url=address, trust_env=False) as client:
        tokens = client.post("/auth/login", json={"username": "editor", "password": "editor"}).json()
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        client.post("/api/artists", json={"name": "Ada Lovelace"}, headers=headers).raise_for_status()


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="stele-run-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_printed_lines_work_data_survives_and_nothing_is_left_running(folder: Path) -> None:
    port = free_port()
    with Run(folder, port) as first:
        assert f"http://127.0.0.1:{port}" in first.line("serves at")
        assert all(user in first.line("users ") for user in ("reader", "editor", "admin", "nobody"))
        curl = ["bash", "-c", first.line("curl -i")]
        assert "200 OK" in subprocess.run(curl, capture_output=True, text=True, check=True).stdout
        add_artist(first)
        assert "Ada Lovelace" in ask(first.line("_client call"))
    assert first.wait() == 0, first.printed
    assert first.left_over() == {}
    started = time.monotonic()
    with Run(folder, port) as second:
        assert time.monotonic() - started < 15
        assert len(re.findall("Ada Lovelace", ask(second.line("_client call")))) == 1
    assert second.wait() == 0, second.printed
    assert second.left_over() == {}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc")
def test_what_has_a_url_is_not_embedded_and_a_part_that_falls_ends_the_rest(
    folder: Path, postgres: Postgres, valkey: Valkey
) -> None:
    url = new_database(postgres, "launched")
    with Run(folder, free_port(), DATABASE_URL=url, REDIS_URL=valkey.url) as run:
        commands = list(run.children.values())
        assert len(commands) == 2, commands
        assert sum("-m app serve" in one for one in commands) == 1
        issuer = next(pid for pid, command in run.children.items() if "app.development.issuer" in command)
        os.kill(issuer, signal.SIGKILL)
        assert run.wait() == 1
    assert "Issuer issuer has ended" in run.printed
    assert run.left_over() == {}


@pytest.mark.parametrize("away", ["DATABASE_URL", "KEYCLOAK_URL"])
def test_what_is_away_is_said_and_given_up_with_exit_code_69(
    folder: Path, migrated: str, valkey: Valkey, away: str
) -> None:
    """What the environment names is waited for as long as START_WAIT_S says: the database by the migrations, the issuer by the
    service, which says for what."""
    named = {"DATABASE_URL": migrated, "REDIS_URL": valkey.url, "KEYCLOAK_URL": f"http://127.0.0.1:{free_port()}"}
    if away == "DATABASE_URL":
        named[away] = f"postgresql://u:hunter2@127.0.0.1:{free_port()}/d"
    run = Run(folder, free_port(), START_WAIT_S="6", **named)
    assert run.wait(120) == 69
    said = "waiting for PostgreSQL at postgresql://127.0.0.1" if away == "DATABASE_URL" else "start.gives_up"
    assert said in run.printed
    assert "hunter2" not in run.printed
    assert "Traceback" not in run.printed


@pytest.mark.parametrize("port", ["http", "", "-1", "0", "65536", "²"])
def test_what_is_no_port_is_one_line_and_the_exit_code_says_configuration(folder: Path, port: str) -> None:
    run = Run(folder, port)
    assert run.wait() == 78
    assert run.printed == f"PORT: found {port!r}; set it to a port such as 8000\n"
    assert list(folder.iterdir()) == []


def test_a_taken_port_is_said_before_anything_starts(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = Run(folder, port)
        assert run.wait() == 1
    assert f"port {port} is taken" in run.printed
    assert list(folder.iterdir()) == []
