"""Values that a contract allows, in their canonical JSON form: one with everything, one with nothing that may be left out."""

from __future__ import annotations

import base64
import math
from fractions import Fraction
from functools import cache

import hypothesis
from hypothesis.strategies import from_regex

from codegen.ir.operations import Contract, Operation
from codegen.ir.patterns import matches
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
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
)
from codegen.runtime.service import scalars
from codegen.runtime.service.constraints import answered

MAX_DEPTH = 3
FORMS = {"date": "2024-02-29", "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e", "decimal": "12.50"}
FORMED = {
    "email": "a@example.org", "hostname": "example.org", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "time": "12:30:45Z",
    "uri": "https://example.org/a", "uri-reference": "/a/b",
}  # fmt: skip
FORMATS = ("a@example.org", "example.org", "/a/b", "abc", "ABC")


def request_of(contract: Contract, operation: Operation, *, full: bool) -> dict[str, object]:
    return _members(contract, operation.request, full, 0)


def value_of(contract: Contract, name: str, *, full: bool) -> object:
    return _sample(contract, Named(name), full, 0)


def _members(contract: Contract, record: Record, full: bool, depth: int) -> dict[str, object]:
    return {one.member: _field(contract, one, full, depth) for one in record.fields if _is_there(one, full, depth)}


def _is_there(one: Field, full: bool, depth: int) -> bool:
    return one.required or (full and depth < MAX_DEPTH)


def _field(contract: Contract, one: Field, full: bool, depth: int) -> object:
    if one.nullable and (not full or depth >= MAX_DEPTH):
        return None
    return _sample(contract, one.type, full, depth + 1)


def _sample(contract: Contract, kind: Type, full: bool, depth: int, turn: int = 0) -> object:
    """`turn` is the place in a list or map; the arms of a union take turns."""
    match kind:
        case Bool():
            return full
        case Int():
            return _whole(kind, full)
        case Float():
            return number(kind, full)
        case String():
            return kind.const if kind.const is not None else _text(kind, full)
        case Text():
            return FORMS[kind.form] if kind.multiple_of is None else kind.multiple_of
        case DateTime():
            return "2024-02-29T12:30:45.123456Z" if full else "1999-12-31T23:59:59Z"
        case Duration():
            return "PT5400S" if full else "P0D"
        case Bytes():
            return base64.b64encode(b"\x00\xff\x10" if full else b"").decode()
        case ListOf():
            usual = _usual(contract, kind)
            wanted = max(kind.min_items, min(usual, kind.max_items or usual) if full and depth <= MAX_DEPTH else 0)
            items = [_sample(contract, kind.item, full, depth + 1, turn) for turn in range(wanted)]
            return items[:1] if kind.unique_items and kind.min_items < 2 else items
        case MapOf():
            keys = ["a", "ö 2"][: kind.max_entries] if full and depth <= MAX_DEPTH else []
            return {key: _sample(contract, kind.value, full, depth + 1, turn) for turn, key in enumerate(keys)}
        case File():
            raise TypeError("no value of JSON")
        case Named():
            return _named(contract, kind.name, full, depth, turn)


def _whole(kind: Int, full: bool) -> int:
    step = kind.multiple_of or 1
    return kind.maximum // step * step if full else max(-(-kind.minimum // step) * step, min(0, kind.maximum))


def number(kind: Float, full: bool) -> float:
    """The greatest, or a small one."""
    if kind.multiple_of is not None:
        step = Fraction(repr(kind.multiple_of))
        if full and kind.most is not None:
            return float(math.floor(Fraction(kind.most) / step) * step)
        return float(math.ceil(Fraction(kind.least or 0.0) / step) * step)
    return kind.most if full and kind.most is not None else kind.least or 1.5


def _usual(contract: Contract, kind: ListOf) -> int:
    """How many items a full list has: one of every arm, or two."""
    item = contract.definitions[kind.item.name] if isinstance(kind.item, Named) else None
    return len(item.arms) if isinstance(item, Union) else 2


def _named(contract: Contract, name: str, full: bool, depth: int, turn: int) -> object:
    definition = contract.definitions[name]
    if isinstance(definition, Enum):
        return definition.members[-1 if full else 0][1]
    if isinstance(definition, Union):
        # The last arm ends a recursion: cases write the simplest arm last.
        record = definition.arms[turn % len(definition.arms) if full and depth < MAX_DEPTH else -1][1]
        return _named(contract, record, full, depth, 0)
    return _members(contract, definition, full, depth)


def _text(kind: String, full: bool) -> str:
    if kind.form and kind.form != "password":
        return FORMED[kind.form]
    if kind.pattern is not None:
        return matching(kind)
    longest = kind.max_length if kind.max_length is not None else 12
    text = "Grüße, 世界 😀"[: max(kind.min_length, longest)] if full else ""
    return text.ljust(kind.min_length, "x")


@cache
def matching(kind: String) -> str:
    for text in FORMATS:
        if matches(kind.pattern or "", text) and kind.min_length <= len(text) <= (kind.max_length or 1000):
            return text
    fits = from_regex(kind.pattern or "").filter(lambda text: kind.min_length <= len(text) <= (kind.max_length or 1000))
    return hypothesis.find(fits, lambda _: True, settings=hypothesis.settings(database=None))


def with_defaults(contract: Contract, name: str, value: object) -> object:
    """What an answer looks like on the wire: absent stays absent, but lists and maps are always there, null is written."""
    definition = contract.definitions[name]
    if isinstance(definition, Union) and isinstance(value, dict):
        return with_defaults(contract, dict(definition.arms)[str(value[definition.tag_member])], value)
    if not isinstance(definition, Record) or not isinstance(value, dict):
        return value
    found = {key: _deep(contract, field.type, value[key]) for key in value if (field := definition.of_member(key))}
    for one in definition.fields:
        if one.member not in value and one.has_default and one.default is not None:
            found[one.member] = _spelled(one.type, one.default)
        elif one.member not in value and one.is_collection:
            found[one.member] = {} if isinstance(one.type, MapOf) else []
        elif one.member not in value and one.nullable:
            found[one.member] = None
    return found


def _spelled(kind: Type, value: object) -> object:
    """A default as an answer has it: a moment and a span have one text, whatever the source has."""
    match kind:
        case DateTime():
            return answered(scalars.read_datetime(value))
        case Duration():
            return answered(scalars.read_duration(value))
    return value


def _deep(contract: Contract, kind: Type, value: object) -> object:
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_deep(contract, kind.item, item) for item in value]
    if isinstance(kind, MapOf) and isinstance(value, dict):
        return {key: _deep(contract, kind.value, item) for key, item in value.items()}
    return with_defaults(contract, kind.name, value) if isinstance(kind, Named) else value
