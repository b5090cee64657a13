"""Whether an outcome is what the contract says of it, so that a fault which all doors share is found as well."""

from __future__ import annotations

from collections.abc import Collection

from codegen.ir.operations import IN_FLIGHT, Contract, Operation
from proof.callers import Caller
from proof.documents import Json
from proof.doors.door import Outcome
from proof.schemas import Schemas
from proof.values import Values

INVALID = frozenset({"invalid_data", "malformed"})
UNJUDGED = frozenset({"rate_limited", "unavailable", "timeout", "outcome_unknown", "idempotency_key_reused", IN_FLIGHT})
"""Answers that say nothing of the caller and the data."""


class Judgement:
    def __init__(self, contract: Contract) -> None:
        schemas = Schemas(contract)
        self._values = Values(schemas.document)
        self._results = {one.name: schemas.result(one) for one in contract.operations}

    def fault(self, operation: Operation, outcome: Outcome, caller: Caller, broken: str) -> str:
        """Nothing where it is as the contract says. `broken` is the keyword that the data breaks, if it does."""
        code = outcome.code
        if code != "ok" and code not in operation.errors and code != IN_FLIGHT:
            return f"the code {code!r} is none of the operation's"
        if code == "internal":
            return "it is answered as a failure of the service"
        if code in UNJUDGED:
            return ""
        is_known = caller.fetch is not None
        may = operation.roles is None or (is_known and any(group <= caller.roles for group in operation.roles))
        if not may:
            due = "forbidden" if is_known else "unauthenticated"
            return "" if code == due else f"{caller.name} may not, and is answered {code!r}"
        if code in ("forbidden", "unauthenticated") and (is_known or operation.pkg_id is None):
            return f"{caller.name} may, and is answered {code!r}"
        return self._of_data(operation, outcome, broken)

    def _of_data(self, operation: Operation, outcome: Outcome, broken: str) -> str:
        if broken and outcome.code not in INVALID:
            return f"data that breaks {broken} is answered {outcome.code!r}"
        if not broken and outcome.code in INVALID:
            return f"data that fits is answered {outcome.code!r} at {', '.join(outcome.faults) or '/'}"
        if outcome.code == "invalid_data" and not _is_said(broken, outcome.faults):
            return f"data that breaks {broken} is refused at {', '.join(outcome.faults) or 'no place'}"
        schema = self._results[operation.name]
        if outcome.code != "ok" or self._values.is_valid(schema, outcome.value):
            return ""
        why = next(iter(self._values.judge(schema).iter_errors(outcome.value)), None)
        return f"the result does not fit its schema: {str(why).splitlines()[0][:200]}"


def _is_said(broken: str, faults: Collection[str]) -> bool:
    """Whether a place that is told is the broken one, in it, or around it."""
    place = broken.rpartition(" at ")[2].rstrip("/")
    return any(f"{one}/".startswith(f"{place}/") or f"{place}/".startswith(f"{one}/") for one in faults)


def unaudited(contract: Contract, called: Collection[str], rows: Collection[Json]) -> list[str]:
    """Of the operations that were called, those that leave a row in `audit_log` and have none, or leave none and have one."""
    actions = {row["action"] for row in rows}
    out = []
    for one in contract.operations:
        if one.name in called and (one.audit != "none") != (one.name in actions):
            out.append(f"{one.name} is audited as {one.audit!r}, and has {'a' if one.name in actions else 'no'} row")
    return out
