"""`python -m proof load`: asks a service so many calls a second at all its doors, and says whether it keeps what `x-slo` promises."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from codegen.ir.operations import Contract
from proof.callers import named
from proof.documents import DocumentError
from proof.doors.cases import Cases
from proof.doors.command import URL
from proof.doors.door import Service, kinds_of
from proof.load.calls import Mix
from proof.load.run import Load, Tally
from proof.load.verdict import Row, Verdict, limited, rows
from proof.protobuf import compiled

KEPT, MISSED, UNUSABLE = 0, 1, 2
MAX_RATE, MAX_SECONDS = 10_000.0, 3600.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof load", description=__doc__)
    add = parser.add_argument
    add("--specs", default="specs", help="the contract (default %(default)s)")
    add("--url", default=URL, help="the service (default %(default)s)")
    add(
        "--rate",
        type=partial(_number, most=MAX_RATE),
        default=20.0,
        help="calls a second, over all operations and doors (default %(default)s)",
    )
    add("--seconds", type=partial(_number, most=MAX_SECONDS), default=30.0, help="how long (default %(default)s)")
    add(
        "--as",
        dest="users",
        action="append",
        default=[],
        metavar="USER[:PASSWORD]",
        help="a user who logs in and has the roles; may be repeated (default: admin, as development has it)",
    )
    add(
        "--token",
        dest="tokens",
        action="append",
        default=[],
        metavar="NAME=VARIABLE",
        help="a caller whose token is in a variable of the environment; may be repeated",
    )
    add("--operation", action="append", default=[], help="only this one; may be repeated (default: all with an x-slo)")
    add("--only-reads", action="store_true", help="leave out what writes")
    add("--seed", type=int, default=None, help="draws the same calls again")
    add("--json", type=Path, default=None, metavar="FILE", help="write the table there as well")
    return parser  # fmt: skip


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0, {most:g} at most")
    return value


def main(arguments: list[str]) -> int:
    """0 where every promise was kept, 1 where one was not, 2 where nothing, or not all that promises, could be asked."""
    options = _parser().parse_args(arguments)
    base_seed = secrets.randbits(32) if options.seed is None else options.seed
    users = options.users or ([] if options.tokens else ["admin"])
    try:
        contract = compiled(Path(options.specs))
        wanted, url = _wanted(contract, options), options.url.rstrip("/")
        callers = named(url, users, options.tokens)
        for caller in callers.values():
            caller.token()
        mix = Mix(
            contract,
            Cases(contract, list(callers), only_reads=options.only_reads, among=wanted),
            base_seed,
        )
        service, kinds = Service(url, contract, callers), kinds_of(contract)
        load = Load(
            mix,
            lambda: [kind(service) for kind in kinds],
            list(callers),
            rate=options.rate,
            seconds=options.seconds,
        )
        tally = asyncio.run(load.run())
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    found = rows(contract, mix.operations, tally)
    print(summary(found, tally, base_seed))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n")
    verdicts = {one.verdict for one in found}
    return MISSED if Verdict.MISSED in verdicts else UNUSABLE if Verdict.UNKNOWN in verdicts or not found else KEPT


def _wanted(contract: Contract, options: argparse.Namespace) -> list[str]:
    """DocumentError where an operation is not there, or nothing promises anything."""
    known = {one.name for one in contract.operations}
    if unknown := sorted(set(options.operation) - known):
        raise DocumentError(f"--operation: there is no {', '.join(unknown)}")
    wanted = options.operation or [one.name for one in contract.operations if one.objective is not None]
    if not wanted:
        raise DocumentError(
            "no operation has an x-slo; say which to ask by --operation, or promise something in specs/"
        )
    return wanted


def summary(found: list[Row], tally: Tally, base_seed: int) -> str:
    lines = [
        f"{'operation':<28} {'door':<14} {'calls':>7} {'p50 ms':>8} {'p99 ms':>8} {'available':>10} {'in time':>8}  verdict"
    ]
    for one in found:
        in_time = "-" if one.in_time is None else f"{one.in_time:.2f} %"
        lines.append(
            f"{one.operation:<28} {one.door:<14} {one.calls:>7} {one.p50_s * 1000:>8.1f} {one.p99_s * 1000:>8.1f} "
            f"{f'{one.available:.2f} %':>10} {in_time:>8}  {one.verdict}"
        )
        if set(one.codes) - {"ok"}:
            lines.append(f"  answered as {', '.join(f'{code} {count}' for code, count in one.codes.items())}")
    calls = sum(one.calls for one in found)
    lines.append(
        f"{calls} calls in {tally.seconds:.1f} s, {calls / max(tally.seconds, 1e-9):.1f} a second, seed {base_seed}"
    )
    if refused := limited(tally):
        lines.append(
            f"{refused} calls met a limit of their caller and count for nothing: give more callers, or RATE_LIMIT_SCALE"
        )
    return "\n".join(lines)
