"""`x-slo` against what a load has seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from codegen.ir.operations import Contract, Objective, Operation
from proof.load.run import BROKEN, Seen, Tally
from proof.load.verdict import Verdict, limited, rows
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED

DOOR = "REST-json"
PROMISE = Objective(availability=99.0, latency=90.0, within_s=0.2)


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compiled(SHIPPED)


def seen(
    contract: Contract, objective: Objective | None, seconds: list[float], **codes: int
) -> tuple[Operation, Tally]:
    operation = replace(next(one for one in contract.operations if one.name == "get_artist"), objective=objective)
    return operation, Tally({(operation.name, DOOR): Seen(seconds, Counter(codes))})


@pytest.mark.parametrize(
    ("seconds", "codes", "verdict"),
    [
        ([0.1] * 100, {"ok": 100}, Verdict.KEPT),
        ([0.1] * 90 + [0.3] * 10, {"ok": 100}, Verdict.KEPT),
        ([0.1] * 89 + [0.3] * 11, {"ok": 100}, Verdict.MISSED),
        ([0.1] * 100, {"ok": 99, "unavailable": 1}, Verdict.KEPT),
        ([0.1] * 100, {"ok": 98, "unavailable": 1, "internal": 1}, Verdict.MISSED),
        ([0.1] * 98, {"ok": 98, BROKEN: 2}, Verdict.MISSED),
        ([0.1] * 100, {"ok": 1, "artist_not_found": 99}, Verdict.KEPT),
        ([0.1] * 100, {"rate_limited": 100}, Verdict.UNKNOWN),
    ],
)
def test_a_promise_is_kept_or_not(
    contract: Contract, seconds: list[float], codes: dict[str, int], verdict: Verdict
) -> None:
    """What a caller caused is no failure; no answer is one, and late; what met a limit counts for nothing."""
    operation, tally = seen(contract, PROMISE, seconds, **codes)
    (row,) = rows(contract, [operation], tally)
    assert row.verdict == verdict
    assert limited(tally) == codes.get("rate_limited", 0)


def test_nothing_promised_is_not_judged_and_nothing_seen_is_not_kept(contract: Contract) -> None:
    operation, tally = seen(contract, None, [9.0], internal=1)
    (row,) = rows(contract, [operation], tally)
    assert (row.verdict, row.available, row.in_time) == (Verdict.NONE, 0.0, None)
    (row,) = rows(contract, [replace(operation, objective=PROMISE)], Tally())
    assert (row.verdict, row.door, row.calls) == (Verdict.UNKNOWN, "", 0)
