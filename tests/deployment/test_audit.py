"""`make audit`: waivers have an end, and what was not asked about is not taken for sound."""

from __future__ import annotations

import datetime
import itertools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from docker.audit import FAULTY, OK, UNAVAILABLE, WRONG, Fault, Waiver, WaiversRefused, faults_of, judged, waivers_of
from tests.deployment.composed import ROOT

TODAY = datetime.date(2026, 6, 1)
SOUND = {"name": "one", "version": "1.0", "vulns": []}
FAULT = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1", "GHSA-aaaa"], "fix_versions": ["1.1"]}
FAULTY_ONE = {"name": "two", "version": "1.0", "vulns": [FAULT]}


def project(**entry: object) -> dict[str, Any]:
    return {"tool": {"audit": {"waivers": [{"id": "CVE-2026-1", "until": TODAY, "reason": "not reached"} | entry]}}}


def test_a_waiver_holds_until_its_date_and_not_longer() -> None:
    assert [one.id for one in waivers_of(project(), TODAY)] == ["CVE-2026-1"]
    with pytest.raises(WaiversRefused, match="was waived until 2026-06-01"):
        waivers_of(project(), TODAY + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    "entry", [{"until": "2026-06-01"}, {"reason": ""}, {"id": None}, {"until": datetime.date(2027, 6, 1)}]
)
def test_a_waiver_that_is_none_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(WaiversRefused):
        waivers_of(project(**entry), TODAY)


def test_the_project_s_own_waivers_can_be_read() -> None:
    """Whether they are over is for `make audit` to say, so that no commit of old fails later."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    dates = [one["until"] for one in said["tool"]["audit"]["waivers"]]
    assert all(type(one) is datetime.date for one in dates)


def test_a_fault_is_found_and_waived_by_any_of_its_names() -> None:
    faults = faults_of({"dependencies": [SOUND, FAULTY_ONE]})
    assert [str(one) for one in faults] == ["two 1.0: PYSEC-2026-1, CVE-2026-1, GHSA-aaaa, fixed in 1.1"]
    assert judged(faults, []) == (faults, [])
    for name in ("PYSEC-2026-1", "GHSA-aaaa"):
        assert judged(faults, [Waiver(name, TODAY, "x")]) == ([], [])


def test_a_waiver_of_what_is_no_more_is_told() -> None:
    waiver = Waiver("CVE-2020-1", TODAY, "x")
    assert judged([Fault("two 1.0", ("CVE-2026-1",), ())], [waiver])[1] == [waiver]


def test_packages_that_nobody_was_asked_about_are_not_sound() -> None:
    with pytest.raises(LookupError, match="1 of 2 packages"):
        faults_of({"dependencies": [SOUND, {"name": "two", "skip_reason": "not found"}]})


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (json.dumps({"dependencies": [SOUND]}), OK),
        (json.dumps({"dependencies": [FAULTY_ONE]}), FAULTY),
        (json.dumps({"dependencies": [{"name": "two", "skip_reason": "x"}]}), UNAVAILABLE),
        ("", UNAVAILABLE),
    ],
    ids=["sound", "faulty", "not asked", "nobody answers"],
)
def test_the_exit_code_says_how_it_is(tmp_path: Path, said: str, code: int) -> None:
    """With a program in pip-audit's place that answers as it does."""
    assert audit(tmp_path, said, "waivers = []") == code


def test_a_fault_of_a_package_that_stands_in_both_locks_is_told_once() -> None:
    assert len(faults_of({"dependencies": [FAULTY_ONE, SOUND, FAULTY_ONE]})) == 1


def test_every_lock_that_the_image_can_be_made_of_is_asked_about(tmp_path: Path) -> None:
    """`REQUIREMENTS` of the Dockerfile names one of those that its context lets through."""
    shipped = re.findall(r"^!(requirements.*\.lock)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    asked = tmp_path / "asked"
    audit(tmp_path, json.dumps({"dependencies": [SOUND]}), "waivers = []", f'echo "$@" > {asked}')
    words = asked.read_text().split()
    named = [Path(word) for before, word in itertools.pairwise(words) if before == "--requirement"]
    assert sorted(one.name for one in named) == sorted(shipped)
    assert all(one.is_file() for one in named)


def test_a_waiver_that_is_over_ends_it_before_anybody_is_asked(tmp_path: Path) -> None:
    assert audit(tmp_path, "", 'waivers = [{id = "CVE-1", until = 2020-01-01, reason = "x"}]') == WRONG


def audit(folder: Path, said: str, waivers: str, first: str = "") -> int:
    """By the command, of a project with these waivers; `first` is what the program does before it answers."""
    (folder / "pyproject.toml").write_text(f"[tool.audit]\n{waivers}\n")
    program = folder / "pip-audit"
    program.write_text(f"#!/bin/sh\n{first}\ncat <<'END'\n{said}\nEND\n")
    program.chmod(0o755)
    command = [
        sys.executable,
        "-m",
        "docker.audit",
        "--program",
        str(program),
        "--project",
        str(folder / "pyproject.toml"),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60).returncode
