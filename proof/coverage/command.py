"""`python -m proof coverage`: how much of a contract its tests have seen."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from proof.coverage.coverage import Coverage, missing, read, unproven, written
from proof.coverage.facts import Fact
from proof.coverage.facts import read as read_facts
from proof.coverage.goals import Scope, goals, scope
from proof.coverage.page import page
from proof.coverage.report import as_json, listed, table
from proof.documents import DocumentError
from proof.protobuf import compiled

COVERED, MISSING, UNUSABLE = 0, 1, 2
LEDGER = "tests/features/coverage.json"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof coverage",
        description=f"{__doc__} Without --facts it holds the contract to the ledger: what is due of each operation was seen once.",
    )
    add = parser.add_argument
    add("--specs", default="specs", help="the contract (default %(default)s)")
    add("--ledger", default=LEDGER, help="what was seen, as it is committed (default %(default)s)")
    add(
        "--facts",
        action="append",
        default=[],
        help="what was seen just now; may be repeated; then the ledger must be true of it",
    )
    add("--write", action="store_true", help="write the ledger from the facts")
    add("--html", help="write the page")
    add("--json", help="write every goal")
    add("--quiet", action="store_true", help="no table")
    return parser


def main(arguments: list[str]) -> int:
    """0 where the ledger is whole or true, 1 where it is not, 2 where nothing can be said."""
    options = _parser().parse_args(arguments)
    try:
        of = scope(compiled(Path(options.specs)))
        return _judged(of, options) if options.facts else _held(of, Path(options.ledger))
    except (DocumentError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def _held(of: Scope, ledger: Path) -> int:
    found = missing(goals(of), read(ledger))
    for line in listed(found):
        print(f"{ledger}: no test was seen to reach {line}", file=sys.stderr)
    if found:
        print("write the tests in tests/features, then: make coverage-contract", file=sys.stderr)
    return MISSING if found else COVERED


def _judged(of: Scope, options: argparse.Namespace) -> int:
    facts = frozenset[Fact]().union(*(read_facts(Path(one)) for one in options.facts))
    coverage, ledger = Coverage(tuple(goals(of)), facts), Path(options.ledger)
    if not options.quiet:
        print(table(coverage, [one.name for one in of.contract.operations]))
    if options.html:
        Path(options.html).write_text(page(of.contract, coverage), encoding="utf-8")
        print(f"page: {options.html}")
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(coverage)), encoding="utf-8")
    if options.write:
        ledger.write_text(written(coverage.ledger), encoding="utf-8")
    lies = unproven(read(ledger), coverage)
    for line in listed(lies):
        print(f"{ledger}: no test reaches this any more: {line}", file=sys.stderr)
    if lies:
        print("write the ledger again: make coverage-contract", file=sys.stderr)
    for line in listed(missing(goals(of), coverage.ledger)) if options.write else ():
        print(f"due and not seen: {line}", file=sys.stderr)
    return MISSING if lies else COVERED
