"""Whether what two services say is the same, although they are two: their clocks and their seals differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from proof.difference import difference, is_same, moment
from proof.doors.door import Outcome

OWN = frozenset({"next_cursor"})
"""Members of results that each service seals for itself: they are there or not, as in the other."""
NOW_S = 600.0
"""Two moments as near to now as this are both `now`."""


def is_same_or_now(one: Any, other: Any) -> bool:
    if is_same(one, other):
        return True
    first, second = moment(one), moment(other)
    if first is None or second is None:
        return False
    now, near = datetime.now(UTC), timedelta(seconds=NOW_S)
    return abs(first - now) < near and abs(second - now) < near


def outcomes_differ(one: Outcome, other: Outcome, same: Callable[[Any, Any], bool] = is_same_or_now) -> str:
    """Nothing, or where: `code`, `faults`, or a pointer into the result. `same` judges values that hold no others."""
    if one.code != other.code:
        return f"code: {one.code!r} and {other.code!r}"
    if one.faults != other.faults:
        return f"faults: {', '.join(one.faults) or 'none'} and {', '.join(other.faults) or 'none'}"
    return difference(one.value, other.value, same=same, own=OWN)
