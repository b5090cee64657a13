"""The keywords of a schema, by place, and which of them a value kept or broke.

A place is that of the value (RFC 6901), with `*` for every item of a list and every value of a map. A schema that holds itself is
followed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from proof.documents import Json, judge, resolved
from proof.faults import WIDTHS, types_of

OF_TYPE = {
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("required", "additionalProperties", "minProperties", "maxProperties"),
}
"""What each says to values of its type alone (JSON Schema Validation, draft-07 §6)."""
OF_ANY = ("type", "enum", "const")
ALTERNATIVES = ("oneOf", "anyOf")
Place = tuple[str, str]
"""Where, and which keyword."""


class Keywords:
    """Of the schemas of one document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._judges: dict[tuple[int, str], tuple[Any, jsonschema_rs.Validator]] = {}

    def said(self, schema: Any) -> list[Place]:
        """Every keyword that there is, each once."""
        return list(dict.fromkeys(self._said(schema, "", ())))

    def _said(self, schema: Any, place: str, within: tuple[int, ...]) -> Iterator[Place]:
        node = resolved(self._document, schema)
        if not isinstance(node, dict) or id(node) in within:
            return
        inner = (*within, id(node))
        yield from ((place, keyword) for keyword in _own(node))
        for keyword in ALTERNATIVES:
            if keyword in node:
                yield place, keyword
        for part in _parts(node):
            yield from self._said(part, place, inner)
        for name, part in _members(node):
            yield from self._said(part, f"{place}/{name}", inner)

    def tried(self, schema: Any, value: Any) -> set[tuple[str, str, bool]]:
        """Which of them the value met, and whether it kept each."""
        return set(self._tried(schema, value, ""))

    def _tried(self, schema: Any, value: Any, place: str) -> Iterator[tuple[str, str, bool]]:
        node = resolved(self._document, schema)
        if not isinstance(node, dict):
            return
        for keyword in _own(node):
            if keyword in OF_ANY or _meets(keyword, value):
                yield place, keyword, self._keeps(node, keyword, value)
        for part in node.get("allOf", ()):
            yield from self._tried(part, value, place)
        for keyword in ALTERNATIVES:
            if keyword in node:
                taken = next((one for one in node[keyword] if self._takes(one, value)), None)
                yield place, keyword, taken is not None
                if taken is not None:
                    yield from self._tried(taken, value, place)
        for name, part in _members(node):
            for inner in _values(value, name):
                yield from self._tried(part, inner, f"{place}/{name}")

    def _keeps(self, node: Json, keyword: str, value: Any) -> bool:
        """By that keyword alone."""
        bits = WIDTHS.get(node[keyword]) if keyword == "format" else None
        if bits is not None:
            return type(value) is not int or -(2**bits) <= value < 2**bits
        key = (id(node), keyword)
        if key not in self._judges:  # The node is kept, so that its identity stays its own.
            self._judges[key] = (node, judge({"asyncapi": "3.0.0"}, _alone(node, keyword)))
        return self._judges[key][1].is_valid(value)

    def _takes(self, schema: Any, value: Any) -> bool:
        return all(is_kept for _, _, is_kept in self._tried(schema, value, ""))


def _own(node: Json) -> Iterator[str]:
    yield from (keyword for keyword in OF_ANY if keyword in node)
    for kind in types_of(node):
        for keyword in OF_TYPE.get(kind, ()):
            if keyword in node and (keyword != "additionalProperties" or node[keyword] is False):
                yield keyword


def _meets(keyword: str, value: Any) -> bool:
    """Whether the keyword says anything to a value of this type."""
    kinds = {
        "string": isinstance(value, str),
        "integer": type(value) is int,
        "number": type(value) in (int, float),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    return any(is_it and keyword in OF_TYPE[kind] for kind, is_it in kinds.items())


def _parts(node: Json) -> Iterator[Any]:
    for keyword in ("allOf", *ALTERNATIVES):
        yield from node.get(keyword, ())


def _members(node: Json) -> Iterator[tuple[str, Any]]:
    yield from ((name.replace("~", "~0").replace("/", "~1"), part) for name, part in node.get("properties", {}).items())
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield "*", node[keyword]


def _values(value: Any, name: str) -> Iterator[Any]:
    """What stands under a name; `*` is every one."""
    if name == "*":
        yield from value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    elif isinstance(value, dict) and (key := name.replace("~1", "/").replace("~0", "~")) in value:
        yield value[key]


def _alone(node: Json, keyword: str) -> Json:
    """What is not another's member is the business of a keyword beside it."""
    beside = dict.fromkeys(node.get("properties", ()), True) if keyword == "additionalProperties" else {}
    return {keyword: node[keyword]} | ({"properties": beside} if beside else {})
