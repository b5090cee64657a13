"""How proto spells what the schemas say: fields, members of enums, well-known types (the table of specs/README.md)."""

from __future__ import annotations

from codegen.ir.names import constant, snake
from codegen.ir.operations import Contract
from codegen.ir.reach import names, reachable
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Definition,
    Duration,
    Enum,
    Field,
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

EMPTY, TIMESTAMP, DURATION = (f"google.protobuf.{name}" for name in ("Empty", "Timestamp", "Duration"))


def names_in_proto(definition: Definition) -> set[str]:
    """What the message or enum of a definition must have."""
    if isinstance(definition, Record):
        return {one.name for one in definition.fields}
    if isinstance(definition, Union):
        return {definition.arm_name(tag) for tag, _ in definition.arms}
    return set(enum_members(definition))


def enum_members(enum: Enum) -> tuple[str, ...]:
    """How proto spells the members; where none of them is zero, the unset one comes first."""
    unset = f"{constant(snake(enum.name))}_UNSPECIFIED"
    return (unset, *said_members(enum)) if enum.needs_unset else said_members(enum)


def said_members(enum: Enum) -> tuple[str, ...]:
    """The members that the schema has, in its order."""
    return tuple(f"{constant(snake(enum.name))}_{constant(name)}" for name, _ in enum.members)


def spelling(one: Field) -> str:
    """How the field is written in proto, without name and number."""
    kind = one.type
    if isinstance(kind, ListOf):
        return f"repeated {_word(kind.item)}"
    if isinstance(kind, MapOf):
        return f"map<string, {_word(kind.value)}>"
    return ("optional " if one.nullable or not one.required else "") + _word(kind)


def needed_type(kind: Type) -> str:
    """The message or enum that a field of the type needs, or nothing."""
    match kind:
        case Named():
            return kind.name
        case ListOf():
            return needed_type(kind.item)
        case MapOf():
            return needed_type(kind.value)
        case DateTime():
            return TIMESTAMP
        case Duration():
            return DURATION
    return ""


def _word(kind: Type) -> str:
    words: dict[type, str] = {
        Bool: "bool",
        Float: "double",
        String: "string",
        Text: "string",
        Bytes: "bytes",
        DateTime: TIMESTAMP,
        Duration: DURATION,
    }
    if isinstance(kind, Int):
        return f"int{kind.bits}"
    return kind.name if isinstance(kind, Named) else words.get(type(kind), "string")


def in_messages(contract: Contract) -> frozenset[str]:
    """The definitions that protobuf needs: not those that only operations with bytes have."""
    told = [one for one in contract.operations if not one.has_bytes]
    roots = [one.result.record for one in told if one.result.record] + [one.record for one in contract.events]
    roots += [name for one in told for each in one.request.fields for name in names(each.type)]
    return reachable(contract.definitions, [*roots, "Problem"]) & (contract.results | contract.inputs)
