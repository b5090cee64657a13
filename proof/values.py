"""Values of a schema for Hypothesis: those that it takes, with the bounds of each keyword among them, and those that it refuses by one keyword.

A refused value is a taken one with one fault, and both are judged by a JSON Schema validator before they are used, so that what this
module does not know of a schema is never claimed of a service. Texts are without lone surrogates, which no encoding carries.
"""

from __future__ import annotations

import base64
import json
import math
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from proof.documents import Json, judge, resolved
from proof.faults import LONG, WIDTHS, broken, types_of

MAX_DEPTH = 5
"""Of what is drawn: below it, optional members are left out and lists are as short as may be."""
MANY = 4
"""Items that a list or a map has more than it must, at most."""
INTERESTING = (
    *(
        "a",
        " ",
        "  padded ",
        "O'Neil",
        '"quoted"',
        "back\\slash",
        "100%",
        "under_score",
        "a;b--",
        "<b>&amp;</b>",
        "null",
        "0",
        "true",
    ),
    *(
        "\x7f",
        "\u00e9",
        "e\u0301",
        "\u202eabc",
        "\u2028",
        "\ufeffbom",
        "\U0001f600",
        "\uffff",
        "{{7*7}}",
        "../..",
        "\t\n\r",
        "İ",
        "ß",
    ),
)
UNIQUE = 16
"""Characters of a text that nobody has drawn before."""
FRESH = re.compile("fresh[0-9a-f]{11}")
PROPERTY = re.compile(r"\\[pP]\{([\w=]+)\}")
SET_OR_PROPERTY = re.compile(r"(\[\^?(?:[^\]\\]|\\.)*\]|\\[pP]\{[\w=]+\})")
SOME = {
    "L": "a-zA-Zéß",
    "Letter": "a-zA-Zéß",
    "Lu": "A-ZÉ",
    "Ll": "a-zé",
    "N": "0-9",
    "Nd": "0-9",
    "P": "!,.",
    "S": "+=",
    "Z": " ",
}
"""Characters of properties of Unicode."""
FORMATS: dict[str, SearchStrategy[str]] = {
    "uuid": st.uuids().map(str),
    "date": st.dates().map(lambda one: one.isoformat()),
    "date-time": st.datetimes().map(lambda one: one.isoformat(timespec="milliseconds") + "Z"),
    "time": st.times().map(lambda one: one.isoformat(timespec="seconds") + "Z"),
    "duration": st.integers(0, 10**6).map(lambda one: f"PT{one}S"),
    "email": st.from_regex(r"[a-z]{1,12}(\.[a-z]{1,6})?@[a-z]{1,10}\.(com|org)", fullmatch=True),
    "hostname": st.from_regex(r"[a-z]{1,12}(\.[a-z0-9]{1,8}){0,2}", fullmatch=True),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "uri": st.from_regex(r"https://[a-z]{1,10}\.org/[a-z0-9]{0,10}", fullmatch=True),
    "uri-reference": st.from_regex(r"/[a-z0-9]{1,10}", fullmatch=True),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that its schema refuses, and why: the keyword, and where the value breaks it (RFC 6901)."""

    keyword: str
    pointer: str
    value: Any

    def __repr__(self) -> str:
        return f"{self.keyword} at {self.pointer or '/'}"


def any_of(faults: Sequence[Fault]) -> SearchStrategy[Fault]:
    """Each keyword at each place as often as every other, however many values break it."""
    places: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        places.setdefault((fault.keyword, fault.pointer), []).append(fault)
    return st.sampled_from(list(places.values())).flatmap(st.sampled_from)


class Values:
    """Of the schemas of one document. Strategies and judges are made once for each schema object."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._judges: dict[int, tuple[Any, jsonschema_rs.Validator]] = {}

    def is_valid(self, schema: Any, value: Any) -> bool:
        return self.judge(schema).is_valid(value)

    def judge(self, schema: Any) -> jsonschema_rs.Validator:
        """The schema is kept with its judge, so that its identity stays its own."""
        return self._judges.setdefault(id(schema), (schema, judge(self._document, schema)))[1]

    def valid(self, schema: Any) -> SearchStrategy[Any]:
        """Any value that the schema takes."""
        return self._strategy(schema, 0).filter(self.judge(schema).is_valid)

    def invalid(self, schema: Any) -> SearchStrategy[Fault]:
        """A value with one fault; draws nothing from a schema that takes everything."""

        def one_of(value: Any) -> SearchStrategy[Fault]:
            found = self.faults(schema, value)
            return any_of(found) if found else st.nothing()

        return self.valid(schema).flatmap(one_of)

    def faults(self, schema: Any, value: Any) -> list[Fault]:
        """Every fault that this module can make of a valid value, each judged."""
        judged = self.judge(schema)
        return [fault for fault in self._faults(schema, value, "", 0) if not judged.is_valid(fault.value)]

    def _strategy(self, given: Any, depth: int) -> SearchStrategy[Any]:
        schema = self._flat(given)
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        for word in ("oneOf", "anyOf"):
            if word in schema:
                rest = {key: value for key, value in schema.items() if key != word}
                arms = [self._merged(rest, self._flat(arm)) for arm in schema[word]]
                return st.one_of([self._strategy(arm, depth) for arm in self._finite(arms, depth)])
        kinds = [kind for kind in types_of(schema) if depth < MAX_DEPTH or kind not in ("array", "object")] or types_of(
            schema
        )
        return st.one_of([self._of(kind, schema, depth) for kind in kinds])

    def _finite(self, arms: list[Json], depth: int) -> list[Json]:
        """In the depth, only arms that end soonest."""
        if depth < MAX_DEPTH:
            return arms
        heights = [self._height(arm, ()) for arm in arms]
        return [arm for arm, height in zip(arms, heights, strict=True) if height == min(heights)]

    def _height(self, given: Any, within: tuple[str, ...]) -> float:
        """Of the flattest value: how many objects and lists lie in one another; infinite where it would hold itself."""
        place = given.get("$ref") if isinstance(given, dict) else None
        if place in within:
            return math.inf
        inside = (*within, place) if isinstance(place, str) else within
        schema = self._flat(given)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return min(self._height(arm, inside) for arm in schema[word])
        kinds = set(types_of(schema))
        if "const" in schema or "enum" in schema or kinds - {"object", "array"}:
            return 0
        if "array" in kinds:
            return 1 + self._height(schema.get("items", {}), inside) if schema.get("minItems") else 1
        members = schema.get("properties", {})
        needed = [members[name] for name in schema.get("required", ()) if name in members]
        return 1 + max((self._height(one, inside) for one in needed), default=0)

    def _flat(self, given: Any) -> Json:
        """References followed, `allOf` joined. `true` takes anything."""
        schema = resolved(self._document, given)
        if not isinstance(schema, dict):
            return {}
        parts = schema.get("allOf", [])
        rest = {key: value for key, value in schema.items() if key != "allOf"}
        for part in parts:
            rest = self._merged(rest, self._flat(part))
        return rest

    def _merged(self, one: Json, other: Json) -> Json:
        both = {**one, **other}
        if "properties" in one and "properties" in other:
            both["properties"] = {**one["properties"], **other["properties"]}
        if "required" in one or "required" in other:
            both["required"] = list(dict.fromkeys([*one.get("required", ()), *other.get("required", ())]))
        return both

    def _of(self, kind: str, schema: Json, depth: int) -> SearchStrategy[Any]:
        match kind:
            case "null":
                return st.none()
            case "boolean":
                return st.booleans()
            case "integer":
                return _integers(schema)
            case "number":
                return _numbers(schema)
            case "string":
                return _texts(schema)
            case "array":
                return self._lists(schema, depth)
        return self._objects(schema, depth)

    def _lists(self, schema: Json, depth: int) -> SearchStrategy[Any]:
        least = int(schema.get("minItems", 0))
        most = min(int(schema.get("maxItems", least + MANY)), least + (MANY if depth < MAX_DEPTH else 0))
        if most <= 0:
            return st.builds(list)
        unique = (lambda one: json.dumps(one, sort_keys=True)) if schema.get("uniqueItems") else None
        items = self._strategy(schema.get("items", {"type": "string"}), depth + 1)
        return st.lists(items, min_size=least, max_size=most, unique_by=unique)

    def _objects(self, schema: Json, depth: int) -> SearchStrategy[Any]:
        members = schema.get("properties", {})
        needed = set(schema.get("required", ()))
        required = {name: self._strategy(one, depth + 1) for name, one in members.items() if name in needed}
        optional = {
            name: st.deferred(_later(self, one, depth + 1)) for name, one in members.items() if name not in needed
        }
        drawn = st.fixed_dictionaries(required, optional=optional if depth < MAX_DEPTH else {})
        more = schema.get("additionalProperties")
        if not isinstance(more, dict):
            return drawn
        least = max(0, int(schema.get("minProperties", 0)) - len(required))
        most = min(int(schema.get("maxProperties", least + MANY)), least + (MANY if depth < MAX_DEPTH else 0))
        keys = st.text(alphabet="abcxyz_-", min_size=1, max_size=8).filter(lambda name: name not in members)
        others = st.dictionaries(keys, self._strategy(more, depth + 1), min_size=least, max_size=most)
        return st.builds(lambda one, two: {**two, **one}, drawn, others)

    def _faults(self, given: Any, value: Any, pointer: str, depth: int) -> Iterator[Fault]:
        """Not all of them are faults in their place: an arm of a union may take what another refuses."""
        schema = self._flat(given)
        for word in ("oneOf", "anyOf"):
            for arm in schema.get(word, ()):
                if self.is_valid(arm, value):
                    yield from self._faults(arm, value, pointer, depth)
        yield from (Fault(keyword, pointer, one) for keyword, one in broken(schema, value))
        if depth >= MAX_DEPTH:
            return
        if isinstance(value, dict):
            yield from self._in_members(schema, value, pointer, depth)
        if isinstance(value, list) and value and "items" in schema:
            for fault in self._faults(schema["items"], value[0], f"{pointer}/0", depth + 1):
                yield Fault(fault.keyword, fault.pointer, [fault.value, *value[1:]])

    def _in_members(self, schema: Json, value: Json, pointer: str, depth: int) -> Iterator[Fault]:
        members = schema.get("properties", {})
        for name, one in value.items():
            inner = members.get(name, schema.get("additionalProperties"))
            if isinstance(inner, dict):
                for fault in self._faults(inner, one, f"{pointer}/{_escaped(name)}", depth + 1):
                    yield Fault(fault.keyword, fault.pointer, {**value, name: fault.value})


def _later(values: Values, schema: Any, depth: int) -> Any:
    """Optional members are looked at when they are drawn: a type may hold itself."""
    return lambda: values._strategy(schema, depth)  # The class's own, made late.


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _bounds(schema: Json) -> tuple[float | None, float | None]:
    """Inclusive ones of integers, exclusive ones moved by one."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = max(low if low is not None else -math.inf, schema["exclusiveMinimum"] + 1)
    if "exclusiveMaximum" in schema:
        high = min(high if high is not None else math.inf, schema["exclusiveMaximum"] - 1)
    return low, high


def _integers(schema: Json) -> SearchStrategy[int]:
    """With what lies on and beside the bounds drawn as often as all else."""
    low, high = _bounds(schema)
    width = WIDTHS.get(schema.get("format", ""), 53)
    least = math.ceil(low) if low is not None else -(2**width)
    most = math.floor(high) if high is not None else 2**width - 1
    step = int(schema.get("multipleOf", 1)) or 1
    first, last = -(-least // step), most // step
    edges = {first, first + 1, last, last - 1, 0, 1, -1, 2**31 // step, 2**32 // step, (2**53 - 1) // step}
    near = sorted(one for one in edges if first <= one <= last)
    if not near:
        return st.nothing()
    drawn = st.integers(first, last), st.sampled_from(near), st.integers(first, min(last, first + 20))
    return st.one_of(*drawn).map(lambda one: one * step)  # Shrinks to the first of them, and so to the least.


def _numbers(schema: Json) -> SearchStrategy[float]:
    low, high = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    if "multipleOf" in schema:
        step = schema["multipleOf"]
        least = math.ceil(low / step) if low is not None else -(10**6)
        most = math.floor(high / step) if high is not None else 10**6
        return st.integers(least, most).map(lambda one: float(f"{one * step:.12g}"))
    edges = [float(one) for one in (low, high, 0, 1, -1, 0.1, 1e-7, 1e15) if one is not None]
    drawn = st.floats(low, high, allow_nan=False, allow_infinity=False)
    return st.one_of(st.sampled_from(edges), drawn, drawn.map(lambda one: round(one, 2)))


def _texts(schema: Json) -> SearchStrategy[str]:
    """Of their shortest and longest too; without NUL where the pattern says so."""
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    known, pattern = FORMATS.get(schema.get("format", "")), schema.get("pattern")
    if known is not None:
        return known if pattern is None or _takes_anything(pattern) else st.one_of(_near(pattern), known)
    if schema.get("contentEncoding") == "base64":
        most_bytes = min(64, most // 4 * 3 if most is not None else 64)
        return st.binary(min_size=-(-least // 4) * 3, max_size=max(most_bytes, -(-least // 4) * 3)).map(_base64)
    plain = st.characters(codec="utf-8", exclude_characters="\x00")
    if pattern is not None and not _takes_anything(pattern):
        return st.from_regex(_python(pattern)).map(lambda one: one.removesuffix("\n"))
    some = st.text(
        plain, min_size=least, max_size=max(least, min(most if most is not None else least + 20, least + 20))
    )
    marked = [one for one in INTERESTING if least <= len(one) and (most is None or len(one) <= most)]
    edges = [st.sampled_from(marked)] if marked else []
    if most is not None and most <= LONG:
        edges.append(st.sampled_from([("ab" * most)[:most], "é" * most, ("ab" * most)[: max(least, most - 1)]]))
    if least:
        edges.append(st.just("x" * least))
    if most is None or most >= UNIQUE:
        edges += [_unique(least) for _ in range(4)]  # Each its own: of one strategy `one_of` takes one.
    return st.one_of(some, *edges)


def _near(pattern: str) -> SearchStrategy[str]:
    """Of a pattern beside a format, which has few letters before what it asks for: most of them have the format, too."""
    begun = pattern if pattern.startswith("^") else f"^[a-z]{{1,8}}{pattern}"
    return st.from_regex(_python(begun)).map(lambda one: one.removesuffix("\n"))


def _unique(least: int) -> SearchStrategy[str]:
    """Many a thing may have its name once; see `freshened`."""
    return st.uuids().map(lambda one: f"fresh{one.hex[: UNIQUE - 5]}".ljust(least, "x"))


def freshened(value: Any, names: dict[str, str]) -> Any:
    """The value with every text that must be new made so, of the same length: whoever plays it again finds the old ones there.
    One text becomes one other, as `names` says, in which new ones are entered."""
    if isinstance(value, str):
        return FRESH.sub(lambda one: names.setdefault(one[0], f"fresh{secrets.token_hex(UNIQUE)[: UNIQUE - 5]}"), value)
    if isinstance(value, dict):
        return {key: freshened(one, names) for key, one in value.items()}
    return [freshened(one, names) for one in value] if isinstance(value, list) else value


def _base64(given: bytes) -> str:
    return base64.b64encode(given).decode()


def _takes_anything(pattern: str) -> bool:
    """Whether it only forbids NUL, as the expanded documents say of each text."""
    return pattern in (r"^[^\u0000]*$", r"^[^\x00]*$", "^[^\x00]*$")


def _python(pattern: str) -> str:
    """ECMA's `$` does not stand before a last line break, as Python's does. Of a Unicode property, which Python does not know, there are
    a few characters: what is drawn is judged by the pattern itself."""
    ended = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)
    parts = SET_OR_PROPERTY.split(ended)
    sets = [
        PROPERTY.sub(_some_of, one) if one.startswith("[") else f"[{PROPERTY.sub(_some_of, one)}]"
        for one in parts[1::2]
    ]
    return "".join(one + other for one, other in zip(parts[::2], [*sets, ""], strict=True))


def _some_of(found: re.Match[str]) -> str:
    return SOME.get(found[1], "a-z0-9") if found[0][1] == "p" else " !"
