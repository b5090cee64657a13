"""`x-slo` as recording rules and alerts: the share of failed and of slow calls in several windows, and how fast that burns the
budget of 30 days (SRE workbook, chapter 5, "multiwindow, multi-burn-rate alerts").

Rules are for all operations at once, by job and operation; only what is allowed is a rule of each, so that a contract of hundreds
of operations costs Prometheus little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from codegen.emit.observability.alerts import Alert, Severity, named
from codegen.ir.operations import Contract, Operation

OUR_FAULT = 500
"""The first HTTP status of a failure that is the service's (RFC 9110 section 15.6)."""
UNFORESEEN = "other"
"""What the metrics call a code outside of the catalogue."""
LEAST = 5
"""Calls that must have gone wrong before anybody is told: one in an hour of two calls is no half of the service."""
SHORT, LONG = ("5m", "30m", "1h", "2h", "6h"), ("1d", "3d", "30d")
"""Windows; long ones are worked out every five minutes."""
BY = "by (job, operation)"
RECORDS = {"failed": "operation:NAME_failed_requests", "slow": "operation:NAME_slow_requests"}


@dataclass(frozen=True, slots=True)
class Burn:
    """So many times faster than the budget lasts for 30 days, in the long window, and still in the short one."""

    rate: str
    long: str
    short: str


FAST = (Burn("14.4", "1h", "5m"), Burn("6", "6h", "30m"))
"""2 % of the budget in an hour, 5 % in six."""
STEADY = (Burn("3", "1d", "2h"), Burn("1", "3d", "6h"))
"""10 % of it in a day, and as much in three."""

COUNTED = tuple(burn.long for burn in (*FAST, *STEADY))
"""The windows in which it is also counted how many calls went wrong."""


def recording_groups(contract: Contract) -> list[dict[str, object]]:
    """Groups of a rule file; where no operation has an objective, the shares alone, which dashboards show."""
    objectives = [*_allowed(contract)]
    groups: list[dict[str, object]] = [
        {"name": "shares", "rules": [*_shares(contract, SHORT)]},
        {"name": "shares-long", "interval": "5m", "rules": [*_shares(contract, LONG)]},
    ]
    return groups + ([{"name": "objectives", "rules": objectives}] if objectives else [])


def failure_codes(contract: Contract) -> tuple[str, ...]:
    """Values of the label `code` that count against availability."""
    return (*sorted(one.code for one in contract.errors if one.status >= OUR_FAULT), UNFORESEEN)


def latencies(contract: Contract) -> dict[float, list[str]]:
    """The operations of each time, in seconds, within which they are to answer."""
    found: dict[float, list[str]] = {}
    for operation in contract.operations:
        if operation.objective and operation.objective.latency is not None:
            found.setdefault(operation.objective.within_s, []).append(operation.name)
    return dict(sorted(found.items()))


def _shares(contract: Contract, windows: Iterable[str]) -> Iterator[dict[str, object]]:
    """A share is 0 where all went well, and absent where nothing was called."""
    codes = "|".join(failure_codes(contract))
    for window in windows:
        calls = f"sum {BY} (rate(NAME_requests_total[{window}]))"
        failed = f'sum {BY} (rate(NAME_requests_total{{code=~"{codes}"}}[{window}]))'
        yield _record(contract, "failed", f"ratio_rate{window}", f"({failed} or 0 * {calls}) / {calls}")
        if window in COUNTED:
            failures = f'sum {BY} (increase(NAME_requests_total{{code=~"{codes}"}}[{window}]))'
            yield _record(contract, "failed", f"increase{window}", failures)
        if not (timed := latencies(contract)):
            continue
        yield _record(contract, "slow", f"ratio_rate{window}", "\nor\n".join(_slow("rate", window, timed)))
        if window in COUNTED:
            yield _record(contract, "slow", f"increase{window}", "\nor\n".join(_slow("increase", window, timed)))


def _slow(function: str, window: str, timed: Mapping[float, list[str]]) -> Iterator[str]:
    """A share by `rate`, a number by `increase`; one expression for each time within which answers are due."""
    for within_s, operations in timed.items():
        only = f'operation=~"{"|".join(operations)}"'
        in_time = f'sum {BY} ({function}(NAME_request_seconds_bucket{{{only}, le="{within_s!r}"}}[{window}]))'
        ended = f"sum {BY} ({function}(NAME_request_seconds_count{{{only}}}[{window}]))"
        yield f"1 - {in_time} / {ended}" if function == "rate" else f"({ended} - {in_time})"


def _record(contract: Contract, kind: str, operation: str, expr: str) -> dict[str, object]:
    product = contract.info.product
    return {"record": named(f"{RECORDS[kind]}:{operation}", product), "expr": named(expr, product)}


def _allowed(contract: Contract) -> Iterator[dict[str, object]]:
    for operation in contract.operations:
        if (objective := operation.objective) is None:
            continue
        yield _allowance(contract, operation, "failed", objective.availability)
        if objective.latency is not None:
            yield _allowance(contract, operation, "slow", objective.latency)


def _allowance(contract: Contract, operation: Operation, kind: str, percent: float) -> dict[str, object]:
    """Decimal, so that 99.9 % leaves 0.001 and not a number that only looks so."""
    left = (100 - Decimal(repr(percent))) / 100
    labels = {"operation": operation.name, "feature": operation.feature}
    return _record(contract, kind, "allowed_ratio", f"vector({left.normalize():f})") | {"labels": labels}


def alerts(contract: Contract) -> list[Alert]:
    """None where no operation has an objective."""
    objectives = [one.objective for one in contract.operations if one.objective]
    found = [_alert("failed", "page", FAST), _alert("failed", "ticket", STEADY)] if objectives else []
    if latencies(contract):
        found += [_alert("slow", "page", FAST), _alert("slow", "ticket", STEADY)]
    return found


def _alert(kind: str, severity: Severity, burns: tuple[Burn, ...]) -> Alert:
    said = {"failed": "fail by the service's fault", "slow": "take longer than promised"}[kind]
    pace = {
        "page": "and so fast that the budget of 30 days will be gone within days",
        "ticket": "and at this pace the budget does not last for its 30 days",
    }
    return Alert(
        name={"failed": "OperationFails", "slow": "OperationIsSlow"}[kind] + ("" if severity == "page" else "Steadily"),
        severity=severity,
        expr="\nor\n".join(_burning(kind, burn) for burn in burns),
        holds_for="2m" if severity == "page" else "15m",
        summary=f"{{{{ $value | humanizePercentage }}}} of the calls of {{{{ $labels.operation }}}} {said}",
        meaning=f"More calls of one operation {said} than its `x-slo` in `specs/` allows, {pace[severity]}.",
        steps=STEPS[kind],
    )


def _burning(kind: str, burn: Burn) -> str:
    """The value of the alert is the share in the long window."""
    record = RECORDS[kind]
    allowed = f"on (operation) group_left () ({burn.rate} * {record}:allowed_ratio)"
    return "\n".join(
        (
            "(",
            f"  {record}:ratio_rate{burn.long} > {allowed}",
            f"  and on (job, operation) {record}:ratio_rate{burn.short} > {allowed}",
            f"  and on (job, operation) {record}:increase{burn.long} >= {LEAST}",
            ")",
        )
    )


STEPS = {
    "failed": (
        "Which codes: *Calls* of the operation in the dashboard of its feature. `unavailable` and `timeout` come from a dependency or "
        "from too much work, `internal` and `other` from code.",
        "Whether every operation fails: then it is a dependency. Look at **PostgreSQL**, **Redis and limits** and **Keycloak**, and at the "
        "alerts that fire beside this one.",
        "*Faults* of **Logs**: lines with the operation's name have the traceback and a `trace_id`.",
        "Whether it began with a release: `NAME_build_info`. If so, go back to the release before.",
    ),
    "slow": (
        "Whether the database is slow: *Time they wait* and *Where time goes* of **PostgreSQL**.",
        "Whether it is too much work: *In flight* and *Refused before the operation began* of **Overview**.",
        "Whether the loop is held up: *Lateness of the loop* of **Overview**, and LoopIsHeldUp below.",
        "Whether it began with a release: `NAME_build_info`. If so, go back to the release before.",
    ),
}
