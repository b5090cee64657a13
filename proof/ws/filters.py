"""Filters of topics as the document says them (`x-filters`): which names a topic has with one, and what each lets through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from proof.documents import Json, resolved
from proof.values import Values
from proof.ws.session import member

MAX_VALUES = 32
PAIR = re.compile(r"([a-z0-9_.]+)=((?:[A-Za-z0-9._~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2})*)")
INTEGER = re.compile("0|-?[1-9][0-9]*")
UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Field:
    """`at` is the pointer of the value in an event's data, `schema` says what it may be."""

    at: str
    schema: Json


Filters = Mapping[str, Mapping[str, Field]]
"""By topic, and by what a name calls the field."""


def read_filters(document: Json, told: Any) -> Filters:
    """Of a channel's `x-filters`; nothing where there are none."""
    return {
        topic: {path: Field(one["at"], resolved(document, one["schema"])) for path, one in fields.items()}
        for topic, fields in (told or {}).items()
    }


def fault_of(filters: Filters, name: str) -> str:
    """Why its topic has no such filter, or nothing; whether there is the topic is not asked."""
    plain, mark, query = name.partition("?")
    pairs, fields = query.split("&"), filters.get(plain, {})
    if not mark:
        return ""
    if len(pairs) > MAX_VALUES:
        return f"{len(pairs)} values"
    for pair in pairs:
        found = PAIR.fullmatch(pair)
        if found is None or found[1] not in fields:
            return f"no field {pair!r}"
        if not _may_be(fields[found[1]].schema, found[2]):
            return f"no value {pair!r}"
    return ""


def _may_be(schema: Json, encoded: str) -> bool:
    try:
        text = unquote(encoded, errors="strict")
    except ValueError:
        return False
    if "enum" in schema:
        return text in {_text(one) for one in schema["enum"]}
    match schema.get("type"):
        case "integer":
            return INTEGER.fullmatch(text) is not None and _is_within(schema, int(text), "minimum", "maximum")
        case "boolean":
            return text in ("true", "false")
    if schema.get("format") == "uuid":
        return UUID.fullmatch(text) is not None
    return _is_within(schema, len(text), "", "maxLength")


def _is_within(schema: Json, number: int, least: str, most: str) -> bool:
    return bool(schema.get(least, number) <= number <= schema.get(most, number))


def admits(filters: Filters, name: str, data: Any) -> bool:
    """Whether who follows a name without a fault is to hear an event with these data, that its plain name tells."""
    plain, mark, query = name.partition("?")
    wanted: dict[str, set[str]] = {}
    for pair in query.split("&") if mark else ():
        path, _, value = pair.partition("=")
        wanted.setdefault(path, set()).add(unquote(value))
    return all(_text(member(data, filters[plain][path].at)) in values for path, values in wanted.items())


@st.composite
def names(draw: DrawFn, filters: Filters, values: Values, topic: str, said: Any = None) -> str:
    """With values that a field may have; those of `said`, in which some may stand, are drawn first."""
    pairs: list[str] = []
    for path, field in filters[topic].items():
        few = [one for one in _leaves(said) if _may_be(field.schema, quote(_text(one), safe=""))]
        one = st.sampled_from(few) if few else values.valid(field.schema)
        drawn = [_text(value) for value in draw(st.lists(one, max_size=3))]
        pairs += [f"{path}={quote(text, safe='')}" for text in drawn if _may_be(field.schema, quote(text, safe=""))]
    return f"{topic}?{'&'.join(draw(st.permutations(pairs)))}" if pairs else topic


@st.composite
def wrong_names(draw: DrawFn, filters: Filters, topic: str) -> str:
    """With one fault."""
    path = draw(st.sampled_from([*filters.get(topic, {}), "no_such_field"]))
    few = ["", "?", "=", path, f"{path}=%", f"{path}=%FF", f"{path}=\u00fc", "no_such_field=1", f"{path}=" + "a" * 1000]
    query = draw(st.sampled_from([*few, "&".join([f"{path}=1"] * (MAX_VALUES + 1))]))
    return f"{topic}?{query}"


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    return [] if value is None or isinstance(value, list | float) else [value]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
