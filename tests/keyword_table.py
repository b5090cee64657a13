"""The keywords of a schema, each with a value that it allows and one that it refuses, and the positions in which they are asked.

What is asked of each stands here once: the contract (`tests/keywords_project.py`) and what its clients send are made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Keyword:
    """`bad` breaks the keyword and nothing else. `inside` is where in `bad`. A message cannot say what `is_text_alone` refuses."""

    schema: str
    good: Any
    bad: Any
    inside: str = ""
    is_text_alone: bool = False

    @property
    def is_list(self) -> bool:
        return isinstance(self.good, list)

    @property
    def may_be_null(self) -> bool:
        return self.good is None


KEYWORDS = {
    "exclusiveMinimum": Keyword("{type: number, exclusiveMinimum: 0}", 0.5, 0),
    "exclusiveMaximum": Keyword("{type: integer, format: int32, exclusiveMaximum: 10}", 9, 10),
    "besideMinimum": Keyword("{type: number, minimum: 0, exclusiveMinimum: 0}", 1.5, 0),
    "multipleInteger": Keyword("{type: integer, format: int64, minimum: 0, maximum: 9007199254740991, multipleOf: 12}", 24, 25),
    "multipleNumber": Keyword("{type: number, multipleOf: 0.1}", 0.3, 0.35),
    "multipleDecimal": Keyword("{type: string, format: decimal, multipleOf: 0.01}", "1.50", "1.505"),
    "patternBesideUuid": Keyword("{type: string, format: uuid, pattern: '^0'}", "0f8fad5b-d9cb-469f-a165-70867728950e", "1f8fad5b-d9cb-469f-a165-70867728950e"),
    "patternBesideDate": Keyword("{type: string, format: date, pattern: '-01$'}", "2024-01-01", "2024-01-02"),
    "lengthBesideDecimal": Keyword("{type: string, format: decimal, minLength: 2, maxLength: 4}", "1.50", "11.50"),
    "lengthBesideEmail": Keyword("{type: string, format: email, maxLength: 8}", "a@b.org", "abcd@b.org"),
    "email": Keyword("{type: string, format: email}", "a@example.org", "a@"),
    "uri": Keyword("{type: string, format: uri}", "https://example.org/a?b=c%20d", "a b"),
    "hostname": Keyword("{type: string, format: hostname}", "example.org", "-a"),
    "ipv4": Keyword("{type: string, format: ipv4}", "192.0.2.1", "192.0.2"),
    "ipv6": Keyword("{type: string, format: ipv6}", "2001:db8::1", "1::2::3"),
    "time": Keyword("{type: string, format: time}", "12:30:45+01:00", "12:30:45"),
    "password": Keyword("{type: string, format: password, minLength: 3}", "äöü", "äö"),
    "enumOfOne": Keyword("{type: string, enum: [a/b]}", "a/b", "a"),
    "anyText": Keyword("{$ref: '#/AnyText'}", "text/html", "html", is_text_alone=True),
    "uniqueItems": Keyword("{type: array, uniqueItems: true, items: {type: string, maxLength: 9}}", ["a", "b"], ["a", "a"]),
    "minItemsOfForm": Keyword("{type: array, minItems: 2, items: {type: string, format: date}}", ["2024-01-01", "2024-01-02"], ["2024-01-01"]),
    "formOfItems": Keyword("{type: array, items: {type: string, format: ipv4}}", ["192.0.2.1"], ["192.0.2.1", "x"], "/1"),
    "anyOfNull": Keyword("{anyOf: [{type: string, maxLength: 3}, {type: 'null'}]}", None, "four"),
}  # fmt: skip
ANY_TEXT = "{type: string, enum: [text/html, '', 1d, +, gpt-4.1]}"
ADDRESS = ("path", "query", "header")
"""Where HTTP carries a field outside of the body; on the other doors it is a field as any."""
BODY = ("member", "item", "value", "arm")


def fits(keyword: Keyword, position: str) -> bool:
    """Whether the language has the keyword there: null and lists stand in fields, and not in lists, maps or paths."""
    if keyword.may_be_null:
        return position in ("member", "arm")
    return not keyword.is_list or position not in ("path", "item", "value")


def named(position: str, name: str) -> str:
    """The member of a request that has the keyword in the position."""
    return name if position in ("member", "arm") else f"{position}{name[0].upper()}{name[1:]}"


def asked(positions: tuple[str, ...], bad: Mapping[str, str]) -> dict[str, Any]:
    """A request with good values; `bad` names for some keywords the position in which the bad value stands."""
    found: dict[str, Any] = {"arm": {"kind": "text/full"}} if "arm" in positions else {}
    for position, name in pairs(positions):
        keyword = KEYWORDS[name]
        value = keyword.bad if bad.get(name) == position else keyword.good
        into = found["arm"] if position == "arm" else found
        into[named(position, name)] = {"item": [value], "value": {"k": value}}.get(position, value)
    return found


def pairs(positions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from ((position, name) for position in positions for name, one in KEYWORDS.items() if fits(one, position))


def pointer(position: str, name: str) -> str:
    """Where a refusal of the bad value points to."""
    before, after = {"arm": "/arm", "": ""}.get(position, ""), {"item": "/0", "value": "/k"}.get(position, "")
    return f"{before}/{named(position, name)}{after}{KEYWORDS[name].inside}"
