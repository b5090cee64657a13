"""Values at the edges of what a contract allows: every bound, member and arm, each field there, null and absent.

`samples` has one value with everything and one with nothing; a change of a bound or a member shows only at its edge.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence

from codegen.ir.operations import Contract
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
from tests.codegen import samples

LONG = 300
MANY = 200
MAX_DEPTH = 4


def values(contract: Contract, kind: Type, depth: int = 0) -> list[object]:
    """The first is an ordinary one."""
    match kind:
        case Bool():
            return [True, False]
        case Int():
            step = kind.multiple_of or 1
            return [kind.maximum // step * step, -(-kind.minimum // step) * step]
        case Float():
            if kind.multiple_of is not None:
                return [samples.number(kind, full=False), samples.number(kind, full=True)]
            return [1.5 if kind.least is None else kind.least, 2.5e100 if kind.most is None else kind.most]
        case String():
            return _texts(kind)
        case Text():
            return [samples.FORMS[kind.form] if kind.multiple_of is None else kind.multiple_of]
        case DateTime():
            return ["2024-02-29T12:30:45.123456Z", "1999-12-31T23:59:59Z"]
        case Duration():
            return ["PT5400S", "P0D"]
        case Bytes():
            return [base64.b64encode(b"\x00\xff\x10").decode(), ""]
        case ListOf():
            return _lists(kind, values(contract, kind.item, depth + 1))
        case MapOf():
            return [*({"a": value} for value in values(contract, kind.value, depth + 1)), {}]
        case File():
            raise TypeError("no value of JSON")
        case Named():
            return list(_named(contract, kind.name, depth))


def records(contract: Contract, record: Record, depth: int = 0) -> list[dict[str, object]]:
    """One with every field, then one for each other value of each field, then one with nothing that may be left out."""
    by_field = {one.name: list(_states(contract, one, depth)) for one in record.fields}
    whole = {name: states[0] for name, states in by_field.items() if states}
    found = [whole]
    for one in record.fields:
        found += [whole | {one.name: value} for value in by_field[one.name][1:]]
        if not one.required:
            found.append({name: value for name, value in whole.items() if name != one.name})
    return [*found, {one.name: whole[one.name] for one in record.fields if one.required}]


def _states(contract: Contract, one: Field, depth: int) -> Iterator[object]:
    if one.required or depth < MAX_DEPTH:
        yield from values(contract, one.type, depth + 1)
    if one.nullable:
        yield None


def _texts(kind: String) -> list[object]:
    if kind.const is not None:
        return [kind.const]
    if kind.form:
        return [samples.FORMED[kind.form]]
    if kind.pattern is not None:
        return [samples.matching(kind)]
    longest = LONG if kind.max_length is None else kind.max_length
    return ["x" * longest, "x" * kind.min_length]


def _lists(kind: ListOf, items: Iterable[object]) -> list[object]:
    """All items in as few lists as may hold them, then the longest and the shortest."""
    listed, size = list(items), max(kind.min_items, min(kind.max_items or MANY, MANY))
    if kind.unique_items:
        return [listed[: max(kind.min_items, 1)], listed[: kind.min_items]]
    found: list[object] = [listed[start : start + size] for start in range(0, len(listed), size)]
    if kind.max_items is not None and kind.max_items <= MANY:
        found.append([listed[0]] * kind.max_items)
    fewest = [listed[0]] * kind.min_items
    return [*(one for one in found if isinstance(one, list) and len(one) >= kind.min_items), fewest]


def _named(contract: Contract, name: str, depth: int) -> Sequence[object]:
    definition = contract.definitions[name]
    if isinstance(definition, Enum):
        return [value for _, value in definition.members]
    if isinstance(definition, Union):
        arms = [contract.record(record) for _, record in definition.arms]
        return [value for arm in arms for value in records(contract, arm, depth + 1)]
    return records(contract, definition, depth + 1)
