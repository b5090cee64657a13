"""Names of topics as the document says them: with values for parameters (`x-parameters`), and with a filter behind a question mark
(`x-filters`). Which there may be, and what each lets through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from proof.documents import Json, resolved
from proof.values import Values
from proof.ws.session import member, named

MAX_VALUES = 32
PAIR = re.compile(r"([a-z0-9_.]+)=((?:[A-Za-z0-9._~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2})*)")
INTEGER = re.compile("0|-?[1-9][0-9]*")
UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNSPELLED = ("%31", "%FF", "%c3%bc", "\u00fc", "1%", "a b")
"""Values that no event goes out under, whatever their type: needlessly encoded, no UTF-8, in lower case, not encoded."""


@dataclass(frozen=True, slots=True)
class Field:
    """`at` is the pointer of the value in an event's data, `schema` says what it may be."""

    at: str
    schema: Json


@dataclass(frozen=True, slots=True)
class Topic:
    """`parts` are those of its name between slashes, a field where it has a parameter; `filters` are the fields that a name may have behind its
    question mark, by what it calls them."""

    parts: tuple[str | Field, ...]
    filters: Mapping[str, Field]

    def has(self, parts: Sequence[str]) -> bool:
        """Whether a name of these parts is of this topic, if its values are right."""
        return len(parts) == len(self.parts) and all(
            isinstance(own, Field) or own == given for own, given in zip(self.parts, parts, strict=True)
        )

    def values(self, name: str) -> Iterator[tuple[Field, str]]:
        """Those of the parameters, as a name of this topic spells them."""
        given = name.partition("?")[0].split("/")
        return ((own, text) for own, text in zip(self.parts, given, strict=True) if isinstance(own, Field))


Topics = Mapping[str, Topic]
"""By what the contract calls them."""


def read_topics(document: Json, names: Iterable[str], parameters: Any, filters: Any) -> Topics:
    """Of the topics that events are told on, by a channel's `x-parameters` and `x-filters`. Left out is one that has a parameter of which the
    document does not say where an event has it: nothing is known of its names."""
    out: dict[str, Topic] = {}
    for name in names:
        fields = _fields(document, parameters, name)
        parts = [fields.get(part[1:-1]) if part.startswith("{") else part for part in name.split("/")]
        known = tuple(one for one in parts if one is not None)
        if len(known) == len(parts):
            out[name] = Topic(known, _fields(document, filters, name))
    return out


def _fields(document: Json, told: Any, topic: str) -> dict[str, Field]:
    """By their paths."""
    return {
        path: Field(one["at"], resolved(document, one["schema"])) for path, one in (told or {}).get(topic, {}).items()
    }


def topic_of(topics: Topics, name: str) -> str:
    """What the contract calls it; nothing where none is known."""
    parts = name.partition("?")[0].split("/")
    return next((topic for topic, one in topics.items() if one.has(parts)), "")


def fault_of(topics: Topics, name: str) -> str:
    """Why its topic has no such name, or nothing; whether there is the topic is not asked."""
    topic = topics.get(topic_of(topics, name))
    for field, text in topic.values(name) if topic else ():
        if not _may_be(field.schema, text) or quote(unquote(text), safe="") != text:
            return f"no value {text!r}"
    _, mark, query = name.partition("?")
    return _fault_of_filter(topic.filters if topic else {}, query) if mark else ""


def _fault_of_filter(filters: Mapping[str, Field], query: str) -> str:
    pairs = query.split("&")
    if len(pairs) > MAX_VALUES:
        return f"{len(pairs)} values"
    for pair in pairs:
        found = PAIR.fullmatch(pair)
        if found is None or found[1] not in filters:
            return f"no field {pair!r}"
        if not _may_be(filters[found[1]].schema, found[2]):
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


def admits(topics: Topics, name: str, data: Any) -> bool:
    """Whether who follows a name without a fault is to hear an event of its topic with these data."""
    topic, query = topics[topic_of(topics, name)], name.partition("?")[2]
    wanted = [(field, {unquote(text)}) for field, text in topic.values(name)]
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    for path in {path for path, _, _ in pairs}:
        wanted.append((topic.filters[path], {unquote(text) for other, _, text in pairs if other == path}))
    found = ((member(data, field.at), texts) for field, texts in wanted)
    return all(value is not None and _text(value) in texts for value, texts in found)


def hearing(topics: Topics, names: Iterable[str], told_on: Sequence[str], data: Any) -> set[str]:
    """Those of the names that are followed under which an event of these topics is to be heard."""
    own = {one for one in names if topic_of(topics, one) in told_on and not fault_of(topics, one)}
    return {one for one in own if admits(topics, one, data)}


def places(document: Json, schema: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    """The pointers of what may stand in a name, in data of the schema, with the schema of each."""
    found = resolved(document, schema)
    place = str(schema.get("$ref", "")) if isinstance(schema, dict) else ""
    if not isinstance(found, dict) or (place and place in above):
        return
    if "properties" not in found:
        yield "", found
    for name, one in found.get("properties", {}).items():
        yield from ((f"/{name}{at}", below) for at, below in places(document, one, (*above, place)))


Known = Callable[[Field], Sequence[Any]]
"""Values that a field is likely to have: each a text as a name spells it, or what an earlier reply said."""


def nothing(_: Field) -> Sequence[Any]:
    return ()


@st.composite
def names(draw: DrawFn, topics: Topics, values: Values, topic: str, known: Known = nothing) -> Any:
    """A name of the topic, as `session.named` has it: with values that are known, or others that its fields may have."""
    parts: list[Any] = []
    for part in topics[topic].parts:
        parts += [*("/" for _ in parts[:1]), draw(_values(values, part, known)) if isinstance(part, Field) else part]
    pairs: list[list[Any]] = []
    for path, field in topics[topic].filters.items():
        pairs += [[f"{path}=", one] for one in draw(st.lists(_values(values, field, known), max_size=3))]
    for number, pair in enumerate(draw(st.permutations(pairs))):
        parts += ["&" if number else "?", *pair]
    return named(parts)


def _values(values: Values, field: Field, known: Known) -> SearchStrategy[Any]:
    others = values.valid(field.schema).map(spelled).filter(lambda text: _may_be(field.schema, text))
    few = known(field)
    return st.one_of(st.sampled_from(few), st.sampled_from(few), others) if few else others


@st.composite
def wrong_names(draw: DrawFn, topics: Topics, topic: str) -> str:
    """With one fault: of a value, or of a filter."""
    parts, filters = topics[topic].parts, topics[topic].filters
    has_values = any(isinstance(one, Field) for one in parts)
    value = draw(st.sampled_from([*UNSPELLED, *["1"] * len(UNSPELLED)])) if has_values else "1"
    name = "/".join(value if isinstance(one, Field) else one for one in parts)
    if value != "1":
        return name
    path = draw(st.sampled_from([*filters, "no_such_field"]))
    few = ["", "?", "=", path, f"{path}=%", f"{path}=%FF", f"{path}=\u00fc", "no_such_field=1", f"{path}=" + "a" * 1000]
    query = draw(st.sampled_from([*few, "&".join([f"{path}=1"] * (MAX_VALUES + 1))]))
    return f"{name}?{query}"


def likely(field: Field, asked: Any) -> list[str]:
    """What a request says that the field may be, as a name spells it: under the field's own name, else anywhere."""
    found = [(name, spelled(value)) for name, value in _leaves("", asked)]
    found = [(name, text) for name, text in found if _may_be(field.schema, text)]
    own = [text for name, text in found if name == field.at.rpartition("/")[2]]
    return own or [text for _, text in found]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(key, one)
    elif value is not None and not isinstance(value, list | float):
        yield name, value


def spelled(value: Any) -> str:
    """As it stands in a name."""
    return quote(_text(value), safe="")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
