"""Holds what a load has seen against `x-slo`, as its alerts do: a call counts against availability where it fails by the service's
fault, and against latency where it takes longer than promised. What a caller caused, or a limit, counts for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from codegen.ir.operations import Contract, Objective, Operation
from proof.load.run import BROKEN, Seen, Tally

LIMITED = "rate_limited"


class Verdict(StrEnum):
    KEPT = "kept"
    MISSED = "missed"
    UNKNOWN = "nothing seen"
    NONE = "no x-slo"


@dataclass(frozen=True, slots=True)
class Row:
    """Of one operation at one door. Times in seconds; `available` and `in_time` in percent of the calls that count."""

    operation: str
    door: str
    calls: int
    codes: Mapping[str, int]
    p50_s: float
    p99_s: float
    available: float
    in_time: float | None
    """None where no time is promised."""
    verdict: Verdict


def rows(contract: Contract, operations: Iterable[Operation], tally: Tally) -> list[Row]:
    """In the order of the operations; an operation at a door that was never asked has no row, one that was asked nowhere has one."""
    statuses = {one.code: one.status for one in contract.errors}
    found: list[Row] = []
    for one in operations:
        doors = [door for name, door in sorted(tally.seen) if name == one.name]
        found += [_row(one, door, tally.seen[one.name, door], statuses) for door in doors or [""]]
    return found


def _row(operation: Operation, door: str, seen: Seen, statuses: Mapping[str, int]) -> Row:
    failed = sum(count for code, count in seen.codes.items() if code == BROKEN or statuses.get(code, 0) >= 500)
    counting = seen.codes.total() - seen.codes[LIMITED]
    objective = operation.objective
    within_s = objective.within_s if objective and objective.latency else None
    late = seen.codes[BROKEN] + sum(one > within_s for one in seen.seconds) if within_s is not None else 0
    available, in_time = _percent(counting - failed, counting), _percent(counting - late, counting)
    ordered = sorted(seen.seconds) or [0.0]
    return Row(
        operation=operation.name,
        door=door,
        calls=seen.codes.total(),
        codes=dict(sorted(seen.codes.items(), key=lambda one: -one[1])),
        p50_s=ordered[len(ordered) // 2],
        p99_s=ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
        available=available,
        in_time=None if within_s is None else in_time,
        verdict=_verdict(objective, counting, available, in_time),
    )


def _percent(good: int, of: int) -> float:
    return 100 * good / of if of > 0 else 100.0


def _verdict(objective: Objective | None, counting: int, available: float, in_time: float) -> Verdict:
    if objective is None:
        return Verdict.NONE
    if counting <= 0:
        return Verdict.UNKNOWN
    is_kept = available >= objective.availability and (objective.latency is None or in_time >= objective.latency)
    return Verdict.KEPT if is_kept else Verdict.MISSED


def limited(tally: Tally) -> int:
    """How many calls met a limit of their caller, and so say nothing of the service."""
    return sum(one.codes[LIMITED] for one in tally.seen.values())
