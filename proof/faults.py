"""Values that a schema refuses by one keyword, made of one that it takes: what each keyword forbids, nearest to what it allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proof.documents import Json

LONG = 70_000
"""Longer texts than this are not drawn for a bound: they would not fit a message."""
WIDTHS = {"int32": 31, "int64": 63}
WRONG: dict[str, tuple[str, ...]] = {
    "uuid": ("", "1", "0f8fad5b-d9cb-469f-a165-7086772895", "g" * 36),
    "date": ("", "2024-02-30", "01.01.2024", "2024-1-1", "today"),
    "date-time": ("", "2024-01-01", "2024-02-30T00:00:00Z", "2024-01-01T25:00:00Z", "now"),
    "time": ("", "25:00:00Z", "noon"),
    "duration": ("", "P", "1 s", "PT"),
    "email": ("", "a", "@b.org", "a b@c.org"),
    "hostname": ("", "-a.org", "a b"),
    "ipv4": ("", "1.2.3", "256.1.1.1"),
    "ipv6": ("", ":::", "12345::"),
    "uri": ("", "a b", "://x"),
    "uri-reference": ("a b", "\\\\"),
}
OTHERS: dict[str, tuple[Any, ...]] = {
    "string": (0, True, [], {}, 1.5),
    "integer": ("1", 1.5, True, [], {}, ""),
    "number": ("1.5", True, [], {}),
    "boolean": ("true", 0, 1, [], {}),
    "array": ({}, "[]", 0, True),
    "object": ([], "{}", 0, True),
    "null": ("null", 0, False, {}),
}
"""What is not of a type."""


def types_of(schema: Json) -> list[str]:
    """As written, else as the keywords tell; what says nothing is text."""
    kind = schema.get("type")
    if kind is not None:
        return list(kind) if isinstance(kind, list) else [kind]
    if "properties" in schema or "additionalProperties" in schema:
        return ["object"]
    return ["array"] if "items" in schema else ["string"]


def broken(schema: Json, value: Any) -> Iterator[tuple[str, Any]]:
    """Values beside this one, each with the keyword that it should break."""
    kinds = types_of(schema)
    for kind in kinds[:1]:
        yield from (("type", one) for one in OTHERS.get(kind, ()))
    if value is not None and "null" not in kinds:
        yield "type", None
    if "enum" in schema or "const" in schema:
        yield ("enum" if "enum" in schema else "const"), f"{value}x" if isinstance(value, str) else 10**6
    if isinstance(value, str):
        yield from _broken_text(schema, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _broken_number(schema, value)
    elif isinstance(value, list):
        yield from _broken_list(schema, value)
    elif isinstance(value, dict):
        yield from _broken_object(schema, value)


def _broken_text(schema: Json, value: str) -> Iterator[tuple[str, Any]]:
    if schema.get("minLength"):
        yield "minLength", value[: schema["minLength"] - 1]
    if schema.get("maxLength", LONG) < LONG:
        longer = (value or "x") * (schema["maxLength"] // (len(value) or 1) + 1)
        yield "maxLength", longer[: schema["maxLength"] + 1]
        yield "maxLength", "é" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        yield from (
            ("pattern", one) for one in (f"{value}\x00", "\x00", f"{value}\n", f" {value}", f"{value}!", "!", "")
        )
    yield from (("format", one) for one in WRONG.get(schema.get("format", ""), ()))
    if schema.get("contentEncoding") == "base64":
        yield "contentEncoding", "***"


def _broken_number(schema: Json, value: float) -> Iterator[tuple[str, Any]]:
    for keyword, one in (("minimum", -1), ("exclusiveMinimum", 0), ("maximum", 1), ("exclusiveMaximum", 0)):
        if keyword in schema:
            yield keyword, schema[keyword] + one
    if "multipleOf" in schema:
        yield "multipleOf", value + schema["multipleOf"] / 2
        yield "multipleOf", value + 1
    width = WIDTHS.get(schema.get("format", ""))
    if width:
        yield "format", 2**width
        yield "format", -(2**width) - 1


def _broken_list(schema: Json, value: list[Any]) -> Iterator[tuple[str, Any]]:
    if schema.get("minItems"):
        yield "minItems", value[: schema["minItems"] - 1]
    if value and schema.get("maxItems", LONG) < LONG:
        yield "maxItems", (value * (schema["maxItems"] + 1))[: schema["maxItems"] + 1]
    if value and schema.get("uniqueItems"):
        yield "uniqueItems", [*value, value[0]]


def _broken_object(schema: Json, value: Json) -> Iterator[tuple[str, Any]]:
    for name in schema.get("required", ()):
        if name in value:
            yield "required", {key: one for key, one in value.items() if key != name}
    if schema.get("additionalProperties") is False:
        yield "additionalProperties", {**value, "no_such_member": 1}
    if value and schema.get("maxProperties", LONG) < LONG:
        some = next(iter(value.values()))
        yield "maxProperties", {**value, **{f"k{index}": some for index in range(schema["maxProperties"] + 1)}}
