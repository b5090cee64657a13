"""Whether a type's values became fewer, more, or others."""

from __future__ import annotations

from fractions import Fraction

from codegen.ir.types import (
    INT32,
    Bytes,
    DateTime,
    Duration,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Shape,
    String,
    Text,
    Type,
    describe,
)
from codegen.runtime.service.formats import JUDGED

Verdict = tuple[bool, bool]
"""(narrowed, widened)."""
Step = int | float | str | None


def compare_types(old: Type, new: Type) -> Verdict | None:
    """None where it is another type altogether. A list or a map is judged with what it holds. A pattern that became
    another one counts as narrower and as wider: which of the two it is, nobody can say."""
    match old, new:
        case Int(), Int():
            return _both(
                _bounds(old.minimum, old.maximum, new.minimum, new.maximum), _steps(old.multiple_of, new.multiple_of)
            )
        case Float(), Float():
            return _both(_bounds(old.least, old.most, new.least, new.most), _steps(old.multiple_of, new.multiple_of))
        case Text(), Text():
            return _forms(old, new)
        case DateTime(), DateTime():
            return _shapes(old.shape, new.shape)
        case Duration(), Duration():
            return _shapes(old.shape, new.shape)
        case String(), String():
            return _strings(old, new)
        case Bytes(), Bytes():
            return _bounds(None, old.max_length, None, new.max_length)
        case File(), File():
            return _both(_bounds(None, old.max_bytes, None, new.max_bytes), _kinds(old.media_types, new.media_types))
        case ListOf(), ListOf():
            return _both(compare_types(old.item, new.item), _lists(old, new))
        case MapOf(), MapOf():
            return _both(compare_types(old.value, new.value), _bounds(None, old.max_entries, None, new.max_entries))
        case Named(), Named():
            return (False, False) if old.name == new.name else None
    return (False, False) if old == new else None


def _kinds(old: tuple[str, ...], new: tuple[str, ...]) -> Verdict:
    """Media types; none are any."""
    if old == new:
        return False, False
    return (bool(new) and not set(old) <= set(new)) or not old, (bool(old) and not set(new) <= set(old)) or not new


def outgrows(old: Type, new: Type) -> bool:
    """Whether a value may not be of the old type itself: wider than 32 bits, or another text than the constant."""
    match old, new:
        case Int(), Int():
            return old.bits < new.bits and not (INT32[0] <= new.minimum and new.maximum <= INT32[1])
        case String(), String():
            return old.const is not None and old.const != new.const
        case ListOf(), ListOf():
            return outgrows(old.item, new.item)
        case MapOf(), MapOf():
            return outgrows(old.value, new.value)
    return False


def say(kind: Type) -> str:
    """The type with what bounds it, or what it holds."""
    limits = {
        name: getattr(one, name)
        for one in (kind, *(getattr(kind, part, None) for part in ("shape", "item", "value")))
        for name in (
            "minimum",
            "maximum",
            "exclusive_minimum",
            "exclusive_maximum",
            "multiple_of",
            "min_length",
            "max_length",
            "pattern",
            "const",
            "min_items",
            "max_items",
            "unique_items",
            "max_bytes",
            "media_types",
        )
        if getattr(one, name, None) not in (None, 0, ())
    }
    return describe(kind) + "".join(f" {name}={value}" for name, value in limits.items())


def _strings(old: String, new: String) -> Verdict | None:
    if old.const != new.const:
        return (True, True) if old.const and new.const else (new.const is not None, old.const is not None)
    forms = (new.form in JUDGED, old.form in JUDGED) if old.form != new.form else (False, False)
    return _both(forms, _texts(old, new))


def _forms(old: Text, new: Text) -> Verdict | None:
    if old.form != new.form:
        return None
    return _both(_shapes(old.shape, new.shape), _steps(old.multiple_of, new.multiple_of))


def _shapes(old: Shape | None, new: Shape | None) -> Verdict:
    return _texts(old or Shape(), new or Shape())


def _texts(old: String | Shape, new: String | Shape) -> Verdict:
    lengths = _bounds(old.min_length, old.max_length, new.min_length, new.max_length)
    is_other = old.pattern != new.pattern
    return lengths[0] or (is_other and new.pattern is not None), lengths[1] or (is_other and old.pattern is not None)


def _lists(old: ListOf, new: ListOf) -> Verdict:
    unique = (new.unique_items and not old.unique_items, old.unique_items and not new.unique_items)
    bounds = _bounds(old.min_items, old.max_items, new.min_items, new.max_items)
    return bounds[0] or unique[0], bounds[1] or unique[1]


def _steps(old: Step, new: Step) -> Verdict:
    """Multiples of a multiple are fewer."""
    if old == new or old is None or new is None:
        return old is None and new is not None, new is None and old is not None
    before, after = Fraction(str(old)), Fraction(str(new))
    return (before / after).denominator != 1, (after / before).denominator != 1


def _bounds(old_low: float | None, old_high: float | None, new_low: float | None, new_high: float | None) -> Verdict:
    """A bound that is missing is none."""
    lower, upper = _compare(old_low, new_low), _compare(old_high, new_high)
    narrowed = (
        lower > 0
        or (old_low is None and new_low is not None)
        or upper < 0
        or (old_high is None and new_high is not None)
    )
    widened = (
        lower < 0
        or (old_low is not None and new_low is None)
        or upper > 0
        or (old_high is not None and new_high is None)
    )
    return narrowed, widened


def _compare(old: float | None, new: float | None) -> int:
    return 0 if old is None or new is None else (new > old) - (new < old)


def _both(first: Verdict | None, second: Verdict) -> Verdict | None:
    return None if first is None else (first[0] or second[0], first[1] or second[1])
