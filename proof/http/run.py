"""One run of schemathesis for one caller, as its program in a process of its own.

The program, not its engine in process: it has the reports, the replay by `st replay`, the warnings and the configuration that its
users know, its hooks and caches are global to a process, and what it leaves behind on its way ends with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from proof.documents import Json
from proof.http.callers import LOGIN, Caller, Login
from proof.http.tally import TALLY, Tally

ROOT = Path(__file__).parents[2]
PHASES = "examples,coverage,fuzzing,stateful"
REQUEST_S = 30
RUN_S = 4 * 3600
"""Of one caller; the long form of a large contract takes minutes."""


@dataclass(frozen=True)
class Plan:
    """The same for every caller. `schema` is a path or an address; `examples` is per operation."""

    url: str
    schema: str
    document: Json
    login: Login
    seed: int
    examples: int


@dataclass(frozen=True)
class Outcome:
    """`report` is schemathesis' own JSON, `junit` its XML; both empty where it did not get as far. `output` is what it printed."""

    caller: str
    code: int
    output: str
    report: Json
    junit: str
    tally: Tally

    @property
    def has_passed(self) -> bool:
        """Zero failures, zero errors, and nothing of the document left out."""
        tested = self.report.get("operations", {})
        return self.code == 0 and bool(self.report) and tested["tested"] == tested["total"]


def run(plan: Plan, caller: Caller) -> Outcome:
    """Ends by itself: every request has its time, and the number of cases is bounded."""
    with tempfile.TemporaryDirectory(prefix="proof-") as name:
        folder = Path(name)
        configuration = folder / "schemathesis.toml"
        configuration.write_text("\n".join(_configuration(plan, caller)))
        code, output = _program(
            [*_command(plan, configuration), *_reports(folder)],
            folder,
            _environment(plan, caller, folder / "tally.json"),
        )
        report, junit = folder / "report.json", folder / "junit.xml"
        return Outcome(
            caller.name,
            code,
            output,
            json.loads(report.read_text()) if report.is_file() else {},
            junit.read_text() if junit.is_file() else "",
            Tally.read(folder / "tally.json"),
        )


def _program(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Its exit code and what it printed; -1 where it had to be ended."""
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=RUN_S,
        )
    except subprocess.TimeoutExpired:
        return -1, f"schemathesis has not ended within {RUN_S} s"
    return ended.returncode, ended.stdout


def _configuration(plan: Plan, caller: Caller) -> list[str]:
    """What has no option on the command line. Warnings are shown and do not judge: `verdict` does, over all callers."""
    return [
        'hooks = "proof.http.hooks"',
        "continue-on-failure = true",
        *caller.configuration(plan.document, plan.login),
    ]


def _command(plan: Plan, configuration: Path) -> list[str]:
    schema = plan.schema if "://" in plan.schema else str(Path(plan.schema).absolute())
    return [
        *(
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(configuration),
            "run",
            schema,
            "--url",
            plan.url,
        ),
        *("--checks", "all", "--phases", PHASES, "--mode", "all", "--max-examples", str(plan.examples)),
        *("--seed", str(plan.seed), "--generation-database", "none", "--request-timeout", str(REQUEST_S), "--no-color"),
    ]


def _reports(folder: Path) -> list[str]:
    return [
        *("--report-json-path", str(folder / "report.json")),
        *("--report-junit-path", str(folder / "junit.xml")),
    ]


def _environment(plan: Plan, caller: Caller, tally: Path) -> dict[str, str]:
    login = plan.login
    path = os.pathsep.join((str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])))
    words = {TALLY: str(tally), LOGIN: f"{login.operation} {login.username} {login.password}", "PYTHONPATH": path}
    return os.environ | words | caller.environment()
