"""What an absent field of a message says: proto3 writes no zero, so both sides tell absent from zero, or neither does.

Fields are known by their numbers: what has another name there is the same field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codegen.breaking.change import Change
from codegen.breaking.wire import renamed
from codegen.ir.operations import Contract
from codegen.ir.patterns import matches
from codegen.ir.types import (
    Bool,
    Bytes,
    Definition,
    Enum,
    Field,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    Record,
    String,
    Type,
)
from codegen.runtime.service.formats import JUDGED

Names = Mapping[str, str]
"""What the fields of a message are called now, by what they were called."""
RULE = "proto-presence-changed"


def compare_presence(old: Contract, new: Contract) -> Iterator[Change]:
    """Of protobuf alone: in JSON absent and zero are apart. A message that one of the two contracts has not is passed
    over."""
    names = renamed(old, new)
    before, after = _requests(old), _requests(new)
    for name in sorted(before.keys() & after.keys()):
        yield from _request(before[name], after[name], names.get(name, {}), old)
    for name in sorted(old.results & new.results & old.bindings.keys() & new.bindings.keys()):
        one, other = old.definitions[name], new.definitions[name]
        if isinstance(one, Record) and isinstance(other, Record):
            yield from _answer(one, other, names.get(name, {}), new)


def _requests(contract: Contract) -> dict[str, Record]:
    """Every record with a message that comes in."""
    listed = [one.request for one in contract.operations if one.has_rpc]
    inner = [contract.definitions[name] for name in contract.inputs & contract.bindings.keys()]
    return {one.name: one for one in (*listed, *inner) if isinstance(one, Record)}


def _request(old: Record, new: Record, names: Names, contract: Contract) -> Iterator[Change]:
    """The old side writes, the new one reads."""
    before = {now: name for name, now in names.items()}
    for other in new.fields:
        one = old.field(before.get(other.name, other.name))
        subject = f"{new.name}.{other.name}"
        if one is None:
            if _is_needed(other):
                yield Change(RULE, subject, "is needed, and no old message has its number", other.place)
        elif _is_optional(one) and not _is_optional(other) and not _is_zero(one.default):
            yield Change(RULE, subject, "reads as zero where it is absent", other.place)
        elif _is_unwritten(one, contract) and _is_optional(other) and not _is_zero(other.default):
            yield Change(RULE, subject, "reads as absent where it is zero", other.place)


def _answer(old: Record, new: Record, names: Names, contract: Contract) -> Iterator[Change]:
    """The new side writes, the old one reads; a default is written."""
    for one in old.fields:
        other = new.field(names.get(one.name, one.name))
        subject = f"{old.name}.{one.name}"
        if other is None:
            if _is_needed(one):
                yield Change(RULE, subject, "is needed, and no new message has its number", one.place)
        elif not _is_optional(one) and _is_optional(other) and other.default is None:
            yield Change(RULE, subject, "reads as zero where it is absent", other.place)
        elif _is_optional(one) and _is_unwritten(other, contract) and not _is_zero(one.default):
            yield Change(RULE, subject, "reads as absent where it is zero", other.place)


def _is_needed(one: Field) -> bool:
    if isinstance(one.type, ListOf):
        return one.type.min_items > 0
    return one.required and not one.nullable and not isinstance(one.type, MapOf)


def _is_optional(one: Field) -> bool:
    """Whether proto calls it so."""
    return not one.is_collection and (not one.required or one.nullable)


def _is_zero(default: object) -> bool:
    return default is not None and not default


def _is_unwritten(one: Field, contract: Contract) -> bool:
    """Whether one of its values is zero, and not written."""
    return not one.is_collection and not _is_optional(one) and _holds_zero(one.type, contract.definitions)


def _may_be_empty(kind: String) -> bool:
    is_free = kind.form not in JUDGED or kind.form == "uri-reference"
    return is_free and (kind.pattern is None or matches(kind.pattern, ""))


def _holds_zero(kind: Type, definitions: Mapping[str, Definition]) -> bool:
    """A message is written even where it is empty."""
    match kind:
        case Bool() | Bytes():
            return True
        case Int():
            return kind.minimum <= 0 <= kind.maximum
        case Float():
            return (kind.least is None or kind.least <= 0) and (kind.most is None or kind.most >= 0)
        case String():
            return kind.min_length == 0 and not kind.const and _may_be_empty(kind)
        case Named():
            found = definitions[kind.name]
            return isinstance(found, Enum) and not found.needs_unset
    return False
