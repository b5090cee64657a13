"""Where two JSON values differ: the first place, by pointer, with both values; nothing where they are the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from typing_extensions import override

from proof.protobuf import Inexpressible, nanos_of_span

SHOWN = 300
"""Characters of a difference."""


class Member(Enum):
    """What a member is that is not there, which is another thing than null."""

    ABSENT = "nothing"

    @override
    def __repr__(self) -> str:
        return self.value


def is_same(one: Any, other: Any) -> bool:
    """Values that hold no others. A boolean is no number, and two texts of one moment or of one duration are the same."""
    if one == other and isinstance(one, bool) == isinstance(other, bool):
        return True
    first, span = moment(one), _span(one)
    return (first is not None and first == moment(other)) or (span is not None and span == _span(other))


def difference(
    one: Any,
    other: Any,
    pointer: str = "",
    *,
    same: Callable[[Any, Any], bool] = is_same,
    own: frozenset[str] = frozenset(),
) -> str:
    """`same` judges what holds no other values. Members of `own` need only be there, or not, in both."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}):
            if name in own and (one.get(name) is None) == (other.get(name) is None):
                continue
            first, second = one.get(name, Member.ABSENT), other.get(name, Member.ABSENT)
            if found := difference(first, second, f"{pointer}/{name}", same=same, own=own):
                return found
        return ""
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return f"{pointer or '/'}: {len(one)} and {len(other)} items"
        for index, (first, second) in enumerate(zip(one, other, strict=True)):
            if found := difference(first, second, f"{pointer}/{index}", same=same, own=own):
                return found
        return ""
    return "" if same(one, other) else f"{pointer or '/'}: {one!r} and {other!r}"[:SHOWN]


def moment(value: Any) -> datetime | None:
    """Of a value of Python, whose zone is UTC where it has none, or of a text with an offset (RFC 3339); None for all else."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _span(value: Any) -> int | None:
    """Of a text that is a duration; None for all else."""
    if not isinstance(value, str):
        return None
    try:
        return nanos_of_span(value)
    except Inexpressible:
        return None
