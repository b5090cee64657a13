"""`python -m proof doors`: asks the same of every door, and compares. Each door is in front of a service of its own, begun alike."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen.ir.operations import Contract
from proof.callers import named
from proof.documents import DocumentError
from proof.doors.door import Door, Service, kinds_of
from proof.doors.judgement import Judgement
from proof.doors.run import Comparison, Tally
from proof.protobuf import compiled

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
URL = "http://127.0.0.1:8000"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof doors", description=__doc__)
    add = parser.add_argument
    add("--specs", default="specs", help="the contract (default %(default)s)")
    add("--url", action="append", default=[], help="a service for each door: REST-JSON, REST-protobuf, WebSocket-JSON, WebSocket-protobuf, "
        "as far as the contract has them; with one, every door is of that service, and only what reads is asked")  # fmt: skip
    add("--database", action="append", default=[], help="the PostgreSQL URL of each of them, to compare what is stored")
    add("--as", dest="users", action="append", default=[], metavar="USER[:PASSWORD]",
        help="a user who logs in, or anonymous; may be repeated (default: the users of development)")  # fmt: skip
    add("--token", dest="tokens", action="append", default=[], metavar="NAME=VARIABLE",
        help="a caller whose token is in a variable of the environment; may be repeated")  # fmt: skip
    add("--cases", type=int, default=2000, help="calls (default %(default)s)")
    add("--operation", action="append", default=[], help="only this one; may be repeated")
    add("--seed", type=int, default=None, help="draws the same calls again")
    return parser


def main(arguments: list[str]) -> int:
    """0 where nothing differs, 1 where something does, 2 where nothing was asked."""
    options = _parser().parse_args(arguments)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    try:
        contract = compiled(Path(options.specs))
        urls = options.url or [URL]
        doors, callers = doors_of(contract, urls, options.users, options.tokens)
        if options.database and len(options.database) != len(doors):
            raise ValueError(f"--database: there are {len(doors)} doors, and {len(options.database)} databases")
        _log_in(urls, options.users, options.tokens)
        only_reads = len(set(urls)) < len(doors)
        comparison = Comparison(
            contract,
            doors,
            callers,
            options.database,
            only_reads=only_reads,
            judgement=Judgement(contract),
            among=options.operation,
        )
        tally = comparison.run(options.cases, seed)
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    print(summary(tally, seed))
    return DIFFERENT if tally.differences else SAME if tally.cases else UNUSABLE


def doors_of(
    contract: Contract, urls: Sequence[str], users: Sequence[str] = (), tokens: Sequence[str] = ()
) -> tuple[list[Door], list[str]]:
    """Every door of the contract, and the names of its callers, who log in at the service of each."""
    kinds = kinds_of(contract)
    if len(urls) not in (1, len(kinds)):
        raise ValueError(f"--url: expected one, or one for each of the {len(kinds)} doors; found {len(urls)}")
    doors: list[Door] = []
    for index, kind in enumerate(kinds):
        url = urls[index if len(urls) > 1 else 0].rstrip("/")
        doors.append(kind(Service(url, contract, named(url, users, tokens))))
    return doors, list(named(urls[0], users, tokens))


def _log_in(urls: Sequence[str], users: Sequence[str], tokens: Sequence[str]) -> None:
    """Once everywhere, before anything is asked: DocumentError where a service does not run, or does not know a caller."""
    for url in urls:
        for caller in named(url, users, tokens).values():
            caller.token()


def summary(tally: Tally, seed: int) -> str:
    names = sorted({name for name, _ in tally.codes})
    lines = [f"{'operation':<32} {'calls':>7}  answered as"]
    for name in names:
        codes = {code: count for (one, code), count in tally.codes.items() if one == name}
        told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items(), key=lambda one: -one[1]))
        lines.append(f"{name:<32} {sum(codes.values()):>7}  {told}")
    lines += [f"\n{one}" for one in tally.differences]
    lines.append(
        f"{tally.cases} calls of each door, {tally.events} events of each, in {tally.seconds:.0f} s, seed {seed}: "
        f"{len(tally.differences) or 'no'} differences"
    )
    return "\n".join(lines)
