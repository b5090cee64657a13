"""A default must be a value of its own type, or the generated models would begin with a value that they refuse."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from pydantic_core import PydanticCustomError

from codegen.diagnostics import Findings, Place, meant
from codegen.ir.operations import Contract
from codegen.ir.patterns import matches
from codegen.ir.reach import names
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Definition,
    Duration,
    Enum,
    Field,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Text,
    Type,
    Union,
    describe,
    limits,
)
from codegen.runtime.service import scalars
from codegen.runtime.service.constraints import answered, identity
from codegen.runtime.service.formats import JUDGED, Form

READERS = {"date": scalars.read_date, "decimal": scalars.read_decimal, "uuid": scalars.read_uuid}


def check_defaults(contract: Contract, findings: Findings) -> None:
    """S023. A default is judged as the service judges a value of a request, constraints included, and told once for each place."""
    told: set[Place] = set()
    records = [one for one in contract.definitions.values() if isinstance(one, Record)]
    for record in [*records, *(operation.request for operation in contract.operations)]:
        for one in record.fields:
            if (
                one.has_default
                and one.place not in told
                and not (_is_spelled(contract, one) and fits_field(contract, one, one.default))
            ):
                told.add(one.place)
                findings.add(
                    "S023",
                    one.place,
                    f"the default of {record.name}.{one.member} is {one.default!r}, expected is {expected(one.type)}",
                    fix=_meant(contract, one),
                )


def expected(kind: Type) -> str:
    """What a value of the type is, with its bounds."""
    bounds = limits(kind)
    return describe(kind) + ("" if bounds == "nothing" else f" with {bounds}")


def _meant(contract: Contract, one: Field) -> str:
    inner = contract.definitions.get(one.type.name) if isinstance(one.type, Named) else None
    members = [str(value) for _, value in inner.members] if isinstance(inner, Enum) else []
    other = (
        f"write one of {', '.join(members)}, or none" if members else "write a default that the schema accepts, or none"
    )
    return meant(str(one.default), members, other)


def _is_spelled(contract: Contract, one: Field) -> bool:
    """Whether the targets can write the default: records have no literal, but an empty list of them has."""
    inner = [contract.definitions.get(name) for name in names(one.type)]
    return not one.default or all(isinstance(each, Enum) for each in inner)


def fits_field(contract: Contract, one: Field, value: object) -> bool:
    """Whether the field may have the value, null included."""
    return one.nullable if value is None else fits(contract, one.type, value)


def fits(contract: Contract, kind: Type, value: object) -> bool:
    """Whether a value of the source is one that the type allows, constraints included."""
    match kind:
        case Bool():
            return isinstance(value, bool)
        case Int():
            return isinstance(value, int) and not isinstance(value, bool) and _is_whole(kind, value)
        case Float():
            return isinstance(value, int | float) and not isinstance(value, bool) and _between(kind, value)
        case String():
            return isinstance(value, str) and _is_text(kind, value)
        case File():
            return False
        case Text() | DateTime() | Duration() | Bytes():
            return _reads(kind, value)
        case ListOf():
            if not isinstance(value, list) or not _counts(kind.min_items, len(value), kind.max_items):
                return False
            is_fit = all(fits(contract, kind.item, item) for item in value)
            return is_fit and not (kind.unique_items and _has_twins(kind.item, value))
        case MapOf():
            if not isinstance(value, dict) or not _counts(0, len(value), kind.max_entries):
                return False
            return all(fits(contract, kind.value, item) for item in value.values())
        case Named():
            return _is_of(contract, contract.definitions.get(kind.name), value)


def _is_of(contract: Contract, definition: Definition | None, value: object) -> bool:
    match definition:
        case Enum():
            return not isinstance(value, bool) and value in [member for _, member in definition.members]
        case Union() if isinstance(value, dict):
            record = dict(definition.arms).get(str(value.get(definition.tag_member)), "")
            return _is_of(contract, contract.definitions.get(record), value)
        case Record() if isinstance(value, dict):
            return value.keys() <= {one.member for one in definition.fields} and all(
                fits_field(contract, one, value[one.member]) if one.member in value else not one.required
                for one in definition.fields
            )
    return False


def _counts(low: int, count: int, high: int | None) -> bool:
    return low <= count and (high is None or count <= high)


def _is_whole(kind: Int, value: int) -> bool:
    return kind.minimum <= value <= kind.maximum and (kind.multiple_of is None or value % kind.multiple_of == 0)


def _between(kind: Float, value: float) -> bool:
    return (
        (kind.minimum is None or value >= kind.minimum)
        and (kind.exclusive_minimum is None or value > kind.exclusive_minimum)
        and (kind.maximum is None or value <= kind.maximum)
        and (kind.exclusive_maximum is None or value < kind.exclusive_maximum)
        and (kind.multiple_of is None or _is_multiple(Decimal(repr(value)), repr(kind.multiple_of)))
    )


def _is_multiple(value: Decimal, step: str) -> bool:
    return (Fraction(value) / Fraction(step)).denominator == 1


def _is_text(kind: String, value: str) -> bool:
    if kind.const is not None:
        return value == kind.const
    return (
        "\0" not in value
        and _counts(kind.min_length, len(value), kind.max_length)
        and (kind.pattern is None or matches(kind.pattern, value))
        and (kind.form not in JUDGED or _judges(Form(kind.form), value))
    )


def _judges(form: Form, value: str) -> bool:
    try:
        form.judge(value)
    except PydanticCustomError:
        return False
    return True


def _is_shaped(kind: Text | DateTime | Duration | Bytes, text: str, found: object) -> bool:
    """As `Shaped` has it."""
    shape = None if isinstance(kind, Bytes) else kind.shape
    if shape is None:
        return True
    texts = (text,) if isinstance(kind, Text) else (text, answered(found))
    return all(
        _counts(shape.min_length, len(one), shape.max_length) and (shape.pattern is None or matches(shape.pattern, one))
        for one in texts
    )


def _has_twins(kind: Type, items: list[object]) -> bool:
    """Whether two of the items are one value: 1 and 1.0, or two texts of one moment."""
    return len({identity(_decoded(kind, item)) for item in items}) < len(items)


def _decoded(kind: Type, value: object) -> object:
    if isinstance(kind, Float) and isinstance(value, int | float):
        return float(value)
    return _reader(kind)(value) if isinstance(kind, Text | DateTime | Duration | Bytes) else value


def _reader(kind: Text | DateTime | Duration | Bytes) -> Callable[[object], object]:
    match kind:
        case Text():
            return READERS[kind.form]
        case DateTime():
            return scalars.read_datetime
        case Duration():
            return scalars.read_duration
    return scalars.read_bytes


def _reads(kind: Text | DateTime | Duration | Bytes, value: object) -> bool:
    try:
        found = _reader(kind)(value) if isinstance(value, str) else None
    except (PydanticCustomError, ValueError):
        return False
    step = kind.multiple_of if isinstance(kind, Text) else None
    is_multiple = step is None or _is_multiple(Decimal(str(found)), step)
    return found is not None and is_multiple and _is_shaped(kind, str(value), found)
