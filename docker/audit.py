"""`python -m docker.audit`: known faults of the packages in the locks that an image is made of, with traces and without, by pip-audit.

A fault that must stay for a while is waived in pyproject.toml (`tool.audit.waivers`: id, until, reason). Promises: a waiver ends with its
date; a package that could not be asked about is a fault of the audit and never silence. Exit codes: 0, 1 for a fault, 69 where
nobody answers, 78 for waivers that are wrong or over.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OK, FAULTY, UNAVAILABLE, WRONG = 0, 1, 69, 78
LONGEST = datetime.timedelta(days=180)
"""Of a waiver: what stays longer is no exception any more."""
WITHIN_S = 600.0
LOCKS = ("requirements.lock", "requirements-otel.lock")


@dataclass(frozen=True)
class Waiver:
    id: str
    until: datetime.date
    """The last day on which it holds."""
    reason: str


@dataclass(frozen=True)
class Fault:
    package: str
    ids: tuple[str, ...]
    """The same fault's names in several lists, the first as pip-audit says it."""
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        cure = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "not fixed yet"
        return f"{self.package}: {', '.join(self.ids)}, {cure}"


class WaiversRefused(Exception):
    """Waivers that are wrong or over; a line for each."""


def waivers_of(project: Mapping[str, Any], today: datetime.date) -> list[Waiver]:
    """Raises WaiversRefused."""
    found, faults = [], []
    for entry in project.get("tool", {}).get("audit", {}).get("waivers", []):
        name, until, reason = (entry.get(key) for key in ("id", "until", "reason"))
        if not (isinstance(name, str) and type(until) is datetime.date and isinstance(reason, str) and reason):
            faults.append(f"{name}: a waiver has an id, until (a date) and a reason")
        elif until < today:
            faults.append(f"{name}: was waived until {until}; look at it again")
        elif until > today + LONGEST:
            faults.append(f"{name}: is waived until {until}, more than {LONGEST.days} days from now")
        else:
            found.append(Waiver(name, until, reason))
    if faults:
        raise WaiversRefused("\n".join(faults))
    return found


def faults_of(report: Mapping[str, Any]) -> list[Fault]:
    """Of pip-audit's JSON; what two locks have stands there once or twice, and is told once. Raises LookupError for packages that it
    could not ask about."""
    if skipped := [one["name"] for one in report["dependencies"] if "skip_reason" in one]:
        raise LookupError(
            f"{len(skipped)} of {len(report['dependencies'])} packages could not be asked about: {skipped[0]} …"
        )
    found = (
        Fault(f"{one['name']} {one['version']}", (fault["id"], *fault["aliases"]), tuple(fault["fix_versions"]))
        for one in report["dependencies"]
        for fault in one["vulns"]
    )
    return list(dict.fromkeys(found))


def judged(faults: Iterable[Fault], waivers: Sequence[Waiver]) -> tuple[list[Fault], list[Waiver]]:
    """The faults that nobody has waived, and the waivers of faults that are no more."""
    faults = list(faults)
    waived = {waiver.id for waiver in waivers}
    known = {name for fault in faults for name in fault.ids}
    return [one for one in faults if not waived.intersection(one.ids)], [one for one in waivers if one.id not in known]


def _asked(program: Path) -> dict[str, Any]:
    """Raises LookupError where nobody answers."""
    locks = [word for lock in LOCKS for word in ("--requirement", str(ROOT / lock))]
    words = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    command = [str(program), *locks, *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S)
    try:
        report: dict[str, Any] = json.loads(ended.stdout)
    except ValueError:
        raise LookupError((ended.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]) from None
    return report


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m docker.audit", description="Known faults of what an image has.")
    parser.add_argument(
        "--program", type=Path, default=Path(sys.executable).with_name("pip-audit"), help="another pip-audit"
    )
    parser.add_argument("--project", type=Path, default=ROOT / "pyproject.toml", help="another file with waivers")
    options = parser.parse_args(arguments)
    project = tomllib.loads(options.project.read_text(encoding="utf-8"))
    try:
        waivers = waivers_of(project, datetime.datetime.now(datetime.UTC).date())
        faults, idle = judged(faults_of(_asked(options.program)), waivers)
    except WaiversRefused as refused:
        print(refused, file=sys.stderr)
        return WRONG
    except (LookupError, subprocess.TimeoutExpired) as error:
        print(f"no audit: {error}", file=sys.stderr)
        return UNAVAILABLE
    for one in faults:
        print(one)
    for waiver in idle:
        print(f"{waiver.id}: is waived and there no more; take the waiver out")
    return FAULTY if faults or idle else OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
