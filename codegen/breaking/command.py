"""`python -m codegen diff` and `changelog`: what changed against an older contract, for the gate and for readers."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from codegen import rules
from codegen.breaking.baseline import NoBaseline, baseline
from codegen.breaking.changelog import section, updated
from codegen.breaking.gate import Verdict, judge
from codegen.breaking.reports import FORMATS
from codegen.breaking.waivers import read_waivers
from codegen.pipeline import Loaded, load
from codegen.suppressions import current

UNCOMPARABLE = 2


def describe(diffing: argparse.ArgumentParser, changing: argparse.ArgumentParser) -> None:
    """The words that the two commands take."""
    for parser in (diffing, changing):
        parser.add_argument("--against", required=True, metavar="REF|DIR", help="a commit, or a folder of specs")
    diffing.add_argument("--report", choices=sorted(FORMATS), default="text", help="how it is printed")
    changing.add_argument("--into", type=Path, help="the file; default: CHANGELOG.md in the folder of the contract")


def diff(options: argparse.Namespace) -> int:
    """Say what changed against a commit or a folder, and whom it breaks; exit 1 if anybody."""
    found = _compared(options)
    if found is None:
        return UNCOMPARABLE
    verdict, _ = found
    sys.stdout.write(FORMATS[options.report](verdict))
    return 1 if verdict.is_breaking else 0


def changelog(options: argparse.Namespace) -> int:
    """Write what changed since a release into the changelog that both clients' packages have, under today's version."""
    found = _compared(options)
    if found is None:
        return UNCOMPARABLE
    verdict, new = found
    path: Path = options.into or options.specs / "CHANGELOG.md"
    before = path.read_text() if path.is_file() else ""
    path.write_text(updated(before, section(verdict, new.contract.info.version, date.today())))
    print(f"{len(verdict.changes)} changes of {new.contract.info.version} in {path}")
    return 0


def _compared(options: argparse.Namespace) -> tuple[Verdict, Loaded] | None:
    """None after it was said why there is nothing to compare."""
    new = current(options.specs, warnings_as_errors=options.warnings_as_errors)
    if len(new.findings):
        sys.stderr.write(new.report())
        return None
    try:
        with baseline(options.specs, options.against) as folder:
            old = load(folder)
            old.findings.drop(lambda one: rules.RULES[one.rule].can_wait)
    except NoBaseline as error:
        print(f"nothing to compare with: {error}", file=sys.stderr)
        return None
    if len(old.findings):
        sys.stderr.write(f"{options.against} is no contract by today's rules:\n{old.report()}")
        return None
    return judge(old.contract, new.contract, read_waivers(new.dialects.documents), date.today()), new
