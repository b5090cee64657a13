"""`python -m proof http`: fuzz the REST door of a service that runs, by its OpenAPI document, as each of several callers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from codegen.ir.operations import Contract
from proof.documents import DocumentError
from proof.http.callers import Caller, Login, bearing, named
from proof.http.openapi import described
from proof.http.protobuf import Twins
from proof.http.run import Outcome, Plan, run
from proof.http.verdict import Verdict
from proof.protobuf import compiled

FOUND, NOTHING = 1, 2
URL = "http://127.0.0.1:8000"
LOGIN = ("login", "username", "password", "/access_token")


def main(arguments: list[str]) -> int:
    """Exit 0: nothing found; 1: findings; 2: there was nothing to work on."""
    asked = _parser().parse_args(arguments)
    try:
        callers = [*map(named, asked.callers), *map(bearing, asked.tokens)] or [named("anonymous")]
        plan = _plan(asked)
        contract = compiled(asked.specs) if asked.specs else None
        outcomes = [_run(plan, caller) for caller in callers]
        others = [line for caller in callers for line in _compare(plan, contract, caller)] if contract else []
        verdict = Verdict(plan.document, outcomes, others)
    except DocumentError as error:
        print(error, file=sys.stderr)
        return NOTHING
    if asked.json:
        verdict.write_json(asked.json)
    if asked.junit:
        verdict.write_junit(asked.junit)
    return _say(verdict)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof http", description=__doc__)
    add = parser.add_argument
    add("--url", default=URL, help=f"where the service is; default: {URL}")
    add("--schema", help="path or address of the OpenAPI document; default: /openapi.json of the service")
    add("--as", dest="callers", action="append", default=[], metavar="USER[:PASSWORD]",
        help="a user who logs in, with the name as password where none is said, or anonymous; may be repeated")  # fmt: skip
    add("--token", dest="tokens", action="append", default=[], metavar="NAME=VARIABLE",
        help="the bearer of the token in a variable of the environment; may be repeated")  # fmt: skip
    add("--login", nargs=4, default=LOGIN,
        metavar=("OPERATION", "USERNAME", "PASSWORD", "POINTER"),
        help="operationId of the login, the fields of its body, where the token is in its answer; "
        f"default: {' '.join(LOGIN)}")  # fmt: skip
    add("--specs", type=Path, metavar="FOLDER",
        help="the contract's folder: bodies in protobuf, which schemathesis does not draw, are compared with JSON too")  # fmt: skip
    add("--seed", type=int, default=1, help="the same seed draws the same cases; default: 1")
    add("--examples", type=int, default=50, help="how many are drawn for each operation; default: 50")
    add("--junit", type=Path, metavar="FILE", help="write JUnit XML")
    add("--json", type=Path, metavar="FILE", help="write what schemathesis reports and who heard what")
    return parser


def _plan(asked: argparse.Namespace) -> Plan:
    url = asked.url.rstrip("/")
    schema = asked.schema or f"{url}/openapi.json"
    return Plan(url, schema, described(schema), Login(*asked.login), asked.seed, asked.examples)


def _run(plan: Plan, caller: Caller) -> Outcome:
    print(f"as {caller.name} …", flush=True)
    outcome = run(plan, caller)
    if not outcome.has_passed:
        print(outcome.output)
    return outcome


def _compare(plan: Plan, contract: Contract, caller: Caller) -> Iterator[str]:
    twins = Twins(plan.url, contract, plan.document, caller.bearer(plan.url, plan.document, plan.login))
    for line in twins.find(plan.examples, plan.seed):
        yield f"{caller.name}: {line}"
    requests = sum(2 * one.valid + 2 * one.invalid + one.damaged for one in twins.tried.values())
    print(f"as {caller.name} in protobuf: {len(twins.tried)} operations, {requests} requests")


def _say(verdict: Verdict) -> int:
    print(*verdict.table(), sep="\n")
    faults = verdict.faults()
    for fault in faults:
        print(fault, file=sys.stderr)
    print("nothing found" if not faults else f"{len(faults)} findings")
    return FOUND if faults else 0
