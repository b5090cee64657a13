"""Somebody who does what a page says, line by line: a shell in a project, and services that run until the next one is started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from app.development.servers import free_port

ROOT = Path(__file__).parents[2]
READY_S = 90.0
STOP_S = 40.0
SERVICE, PAGE = re.compile(r"^(?:\w+=\S+ )*make run$"), re.compile(r"^python3 -m http\.server ")
NAMES = {f"GIT_{who}_{what}": "newcomer@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Newcomer:
    """`folder` has the clone `stele`; ports 8000 and 8080 of the pages are free ones here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = folder / "stele"
        self.port, self.page_port = free_port(), free_port()
        self._service: subprocess.Popen[bytes] | None = None
        self._page: subprocess.Popen[bytes] | None = None

    def do(self, line: str) -> str:
        """What the line prints; AssertionError if it fails. A line that serves goes on until `end`, or until the next of its kind."""
        line = self._here(line)
        if SERVICE.match(line):
            self._end(self._service)
            self._service = self._begin(line)
            self._await(f"http://127.0.0.1:{self.port}/readyz", self._service)
            return ""
        if PAGE.match(line):
            self._page = self._begin(line)
            self._await(self.page, self._page)
            return ""
        return self._run(line)

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.page_port}/"

    def end(self) -> None:
        """The page's server by SIGTERM: where these tests were begun in the background of a shell, Python has SIGINT ignored."""
        if self._page is not None:
            os.killpg(self._page.pid, signal.SIGTERM)
            self._page.wait(STOP_S)
        self._end(self._service)

    def _here(self, line: str) -> str:
        line = re.sub(r"\b8000\b", str(self.port), re.sub(r"\b8080\b", str(self.page_port), line))
        if "DATABASE_URL=" in line:
            (address,) = set(re.findall(r"DATABASE_URL +\S+@([\d.:]+)/", self._log.read_text()))
            line = re.sub(r"@127\.0\.0\.1:\d+/", f"@{address}/", line)
        return line

    @property
    def _log(self) -> Path:
        return self.folder / "service.log"

    def _shell(self, line: str) -> list[str]:
        """`make` takes this environment for the project's own, which has the same locks."""
        made = f'make() {{ command make --no-print-directory -o .venv/.ready PYTHON_IN={sys.executable} VENV={ROOT}/.venv "$@"; }}'
        return ["bash", "-ec", f"{made}\n{line}"]

    def _environment(self) -> dict[str, str]:
        """Without what `make` and pytest, which may run this test, tell their children."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTEST"))}
        return {**kept, **NAMES, "PORT": str(self.port)}

    def _run(self, line: str) -> str:
        command = self._shell(f"{line}\npwd > {self.folder}/where")
        done = subprocess.run(
            command, cwd=self.where, env=self._environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        self.where = Path((self.folder / "where").read_text().strip())
        if not (self.where / ".venv").exists():
            (self.where / ".venv").symlink_to(ROOT / ".venv")
        return done.stdout

    def _begin(self, line: str) -> subprocess.Popen[bytes]:
        with self._log.open("a") as log:
            return subprocess.Popen(
                self._shell(f"exec_in_group() {{ {line}; }}; exec_in_group"), cwd=self.where, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip

    def _await(self, address: str, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            assert process.poll() is None, self._log.read_text()
            try:
                with urllib.request.urlopen(address, timeout=5):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"{address} is not ready:\n{self._log.read_text()}")

    def _end(self, process: subprocess.Popen[bytes] | None) -> None:
        """^C, as a person would."""
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(STOP_S)
            self._log.write_text("")
