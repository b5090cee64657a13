"""Whether what two services say is the same, although they are two: their clocks, their ids of traces and their seals differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from proof.doors.door import Outcome

OWN = frozenset({"next_cursor", "trace_id", "key", "sid", "ip", "user_agent", "duration_ms", "door"})
"""Members and columns that each service makes for itself, or says of the door: they are there or not, as in the other."""
NOW_S = 600.0
"""Two moments as near to now as this are both `now`."""


def outcomes_differ(one: Outcome, other: Outcome) -> str:
    """Nothing, or where: `code`, `faults`, or a pointer into the result."""
    if one.code != other.code:
        return f"code: {one.code!r} and {other.code!r}"
    if one.faults != other.faults:
        return f"faults: {', '.join(one.faults) or 'none'} and {', '.join(other.faults) or 'none'}"
    return values_differ(one.value, other.value)


def values_differ(one: Any, other: Any, pointer: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            if (one.get(name) is None) == (other.get(name) is None) and name in OWN:
                continue
            if found := values_differ(one.get(name), other.get(name), f"{pointer}/{name}"):
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return f"{pointer or '/'}: {len(one)} and {len(other)} items"
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for index, (a, b) in pairs if (found := values_differ(a, b, f"{pointer}/{index}"))), "")
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return ""
    return "" if _is_one_moment(one, other) else f"{pointer or '/'}: {one!r} and {other!r}"[:300]


def _is_one_moment(one: Any, other: Any) -> bool:
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return False
    now, near = datetime.now(UTC), timedelta(seconds=NOW_S)
    return first == second or (abs(first - now) < near and abs(second - now) < near)


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None
