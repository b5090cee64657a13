"""docs/proof.md lists the checks that there are, and its commands run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from urllib.parse import urlsplit

import pytest

from proof.traffic.judge import CHECKS
from proof.ws.checks import IDS
from proof.ws.command import CLEAN, FOUND
from tests.proof.traffic.recording import recording
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "proof.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
COVERAGE = "make coverage-contract"
SERVES = "RATE_LIMIT_SCALE=1000 make run"
"""The service of these tests, as `tests/running_service.py` starts it."""
ENGINES = tuple(f"python -m proof {name} " for name in ("ws", "doors", "load", "record", "replay"))
LOADS, RECORDS, REPLAYS = ENGINES[2:]
MOCKS = [line for line in LINES if line.startswith(("make mock", "python -m proof mock"))]
CALLS = [line for line in LINES if line.startswith("curl ")]
"""Of the mock, at the port that it has by default."""
START_S = 60.0
ELSEWHERE = (SERVES, *MOCKS, *CALLS)
AT_ONCE = [
    pytest.param(line, marks=pytest.mark.long) if line.startswith(("make fuzz-http", "make mutants")) else line
    for line in LINES
    if line not in ELSEWHERE and not line.startswith((RECORDS, REPLAYS))
]
"""REST's fuzz takes more than a minute, and so do mutants; tests/proof/http/test_live.py runs the engine of the first always."""


@pytest.mark.parametrize(("name", "checks"), [("proof.ws.checks.IDS", IDS), ("proof.traffic.judge.CHECKS", CHECKS)])
def test_the_table_has_each_check_with_its_line(name: str, checks: Mapping[str, str]) -> None:
    table = PAGE.partition(f"<!-- checks: {name} -->")[2].partition("<!-- end -->")[0]
    assert dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", table, re.MULTILINE)) == checks


def test_every_plan_and_option_that_the_page_names_is_there() -> None:
    engines = ("ws", "doors", "load", "mock", "record", "replay")
    helps = [[sys.executable, "-m", "proof", engine, "--help"] for engine in engines]
    help_text = "".join(
        subprocess.run(one, cwd=ROOT, capture_output=True, text=True, check=True).stdout for one in helps
    )
    named = set(re.findall(r"(--[a-z]+)", PAGE)) - {"--examples"}
    assert {one for one in named if one not in help_text} == set()
    written = (ROOT / "proof" / "ws" / "plans.py").read_text()
    plans = re.findall(r"^\| `([a-z]+)(?::…)?` \|", PAGE, re.MULTILINE)
    assert {one for one in plans if f'"{one}' not in written} <= IDS.keys() | CHECKS.keys()


def test_the_page_runs_what_these_tests_run() -> None:
    assert SERVES in LINES
    run = (
        *ENGINES,
        "make fuzz-",
        "make mutants ",
        COVERAGE,
        SERVES,
    )  # The mutants are run by tests/mutation, in the long form.
    assert [line for line in LINES if not line.startswith(run) and line not in (*MOCKS, *CALLS)] == []


def here(line: str, url: str) -> list[str]:
    """The command as the page has it, at this service and with this Python."""
    words = shlex.split(line)
    if words[0] == "make":
        port = f"PORT={urlsplit(url).port}"
        few = ["PYTEST_ARGS=tests/features/test_service.py"] if line == COVERAGE else []
        return [*words, *few, port, f"PYTHON_IN={sys.executable}", "-o", ".venv/.ready", "--no-print-directory"]
    return [sys.executable, *words[1:], *([] if "--help" in words else ["--url", url])]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("line", AT_ONCE)
def test_a_command_of_the_page_runs(line: str, service: RunningService) -> None:
    (ROOT / ".stele").mkdir(exist_ok=True)
    command = here(line, service.url)
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert ended.returncode in (CLEAN, FOUND), ended.stdout + ended.stderr
    if "--ignore" not in line and not line.startswith(LOADS):  # On a machine that others use a promise may be missed.
        assert ended.returncode == CLEAN, ended.stdout + ended.stderr
    for name in re.findall(r"--(?:junit|json) (\S+)", line):
        assert (ROOT / name).is_file()


@pytest.mark.timeout(180)
def test_what_the_page_records_it_plays_again(service: RunningService) -> None:
    """Reads alone, so that the same database will do."""
    (record,) = (line for line in LINES if line.startswith(RECORDS))
    (again,) = (line for line in LINES if line.startswith(REPLAYS))
    words = shlex.split(record)
    assert [word for word in words if word.startswith("--")] == ["--url", "--listen", "--out"], "what `recording` gives"
    with recording(service.url, ROOT / words[-1]) as url:
        asked = here("python -m proof doors --cases 20 --seed 1", url)
        ended = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == CLEAN, ended.stdout + ended.stderr
    played = subprocess.run(here(again, service.url), cwd=ROOT, capture_output=True, text=True, check=False)
    assert played.returncode == CLEAN, played.stdout + played.stderr


def port_of_mock(process: subprocess.Popen[str]) -> str:
    """As its greeting says it."""
    assert process.stdout is not None
    late = Timer(START_S, process.kill)
    late.start()
    try:
        found = re.search(r"http://127.0.0.1:(\d+)", process.stdout.readline())
    finally:
        late.cancel()
    assert found, "the mock did not start"
    return found[1]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("line", MOCKS)
def test_a_mock_of_the_page_serves_and_takes_its_calls(line: str) -> None:
    words = shlex.split(line)
    made = [*words, "PORT=0", f"PYTHON_IN={sys.executable}", "-o", ".venv/.ready", "--no-print-directory"]
    command = made if words[0] == "make" else [sys.executable, *words[1:], "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = port_of_mock(process)
            for call in CALLS if words[0] == "make" else CALLS[:1]:
                asked = shlex.split(call.replace("4010", port))
                told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
                assert json.loads(told or "{}").get("code") in (None, "forbidden"), told
        finally:
            process.terminate()
