"""How a schema says what proto says, and no more: bounds, forms and descriptions are a person's to add (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from codegen.ir.names import constant, is_identifier, snake
from codegen.ir.proto_spelling import DURATION, TIMESTAMP
from codegen.parse.keywords import SHADOWING
from codegen.parse.proto import ProtoEnum, ProtoField
from codegen.parse.yaml_edits import braced, word

PLAIN = {
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "double": {"type": "number"},
    "string": {"type": "string"},
    "bytes": {"type": "string", "contentEncoding": "base64"},
    TIMESTAMP: {"type": "string", "format": "date-time"},
    DURATION: {"type": "string", "format": "duration"},
}
"""By proto's kind, or by the name of a well-known type."""
Refer = Callable[[str], str | None]
"""A `$ref` to the schema of a message or enum, or None where there is none."""


def property_of(one: ProtoField, refer: Refer) -> str | None:
    """The schema of a field on one line; None where proto leaves open what it is."""
    if one.oneof is not None or not is_identifier(one.name) or one.name in SHADOWING or one.name.startswith("model_"):
        return None
    inner = _value(one.map_value or one, refer)
    if inner is None or (one.map_value and one.kind != "map"):
        return None
    if one.map_value:
        return braced({"type": "object", "additionalProperties": inner, "default": "{}"})
    return braced({"type": "array", "items": inner, "default": "[]"}) if one.repeated else inner


def is_required(one: ProtoField) -> bool:
    """What proto cannot leave out; a list or a map is empty where it is left out."""
    return not (one.optional or one.repeated or one.map_value)


def record_text(name: str, properties: dict[str, str], required: Iterable[str]) -> str:
    """A schema at the top of a file."""
    if not properties:
        return f"{name}: {braced({'type': 'object', 'properties': '{}'})}\n"
    listed = ", ".join(required)
    lines = [f"{name}:", "  type: object", *([f"  required: [{listed}]"] if listed else []), "  properties:"]
    return "\n".join([*lines, *(f"    {key}: {value}" for key, value in properties.items())]) + "\n"


def enum_text(enum: ProtoEnum) -> str | None:
    """Texts where zero is the unset member, numbers where it is one of the members."""
    unset = f"{constant(snake(enum.name))}_UNSPECIFIED"
    is_text = enum.members[0] == (unset, 0)
    members = {name: number for name, number in enum.members if name != unset}
    names = [member_name(enum.name, name, is_text=is_text) for name in members]
    known = [word(name) for name in names if name is not None]
    if not known or len(known) < len(members) or len(set(members.values())) < len(members):
        return None
    listed = ", ".join(known)
    if is_text:
        return f"{enum.name}: {braced({'type': 'string', 'enum': f'[{listed}]'})}\n"
    numbers = ", ".join(str(number) for number in members.values())
    entries = {"type": "integer", "format": "int32", "enum": f"[{numbers}]", "x-enum-names": f"[{listed}]"}
    return f"{enum.name}: {braced(entries)}\n"


def member_name(enum: str, spelled: str, *, is_text: bool) -> str | None:
    """`COLOUR_RED` → `red`; None where a text could have a hyphen or an underscore."""
    prefix = f"{constant(snake(enum))}_"
    name = spelled.removeprefix(prefix).lower()
    is_plain = spelled == prefix + name.upper() and is_identifier(name)
    return name if is_plain and name != "unspecified" and not (is_text and "_" in name) else None


def _value(one: ProtoField, refer: Refer) -> str | None:
    entries = PLAIN.get(one.type_name or one.kind)
    return braced(entries) if entries else refer(one.type_name) if one.kind in ("message", "enum") else None
