"""Filters: `messages?kind=note&kind=todo` is the part of `messages` whose events have one of these values in the declared field `kind`.

Promises: the values of one field are joined by OR, those of different fields by AND; a field of an event is read once, however many
filters there are; which of them an event meets costs as many questions as there are filters that name its value of their first field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any
from urllib.parse import unquote

import msgspec

MAX_VALUES = 32
"""Of one filter, over all of its fields."""
PAIR = re.compile(r"([a-z0-9_.]+)=((?:[A-Za-z0-9._~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2})*)")
"""A field and a value, in the characters of a query (RFC 3986 §3.4); `+` is a plus."""
MAX_SHOWN = 40


class BadFilter(ValueError):
    """The text is a sentence for who asked."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One that was asked for, of the topic with `fields`. `plain` is the name without it."""

    plain: str
    fields: Fields
    wanted: tuple[frozenset[str], ...]
    """For each of the fields the values that an event may have, spelled as in a name; none where every value will do."""

    @property
    def first(self) -> int:
        """The index of the first field that it names."""
        return next(index for index, values in enumerate(self.wanted) if values)

    def admits(self, values: Sequence[str]) -> bool:
        return all(not wanted or value in wanted for wanted, value in zip(self.wanted, values, strict=True))


class Fields:
    """What the events of one topic may be filtered by. `kinds` are the types of the fields, by their paths, in the order of the contract."""

    def __init__(self, kinds: Mapping[str, Any]) -> None:
        self._kinds = kinds
        self._of_event: list[Callable[[Any], Any]] = [attrgetter(path) for path in kinds]

    def values(self, event: Any) -> tuple[str, ...]:
        """Of an event of the topic, one for each field."""
        return tuple(spelled(get(event)) for get in self._of_event)

    def read(self, plain: str, query: str) -> Filter:
        """Raises BadFilter, which says which fields there are."""
        wanted: dict[str, set[str]] = {path: set() for path in self._kinds}
        pairs = query.split("&")
        if len(pairs) > MAX_VALUES:
            raise BadFilter(f"A filter has {MAX_VALUES} values at most.")
        for pair in pairs:
            path, value = self._read(pair)
            wanted[path].add(value)
        return Filter(plain, self, tuple(frozenset(values) for values in wanted.values()))

    def _read(self, pair: str) -> tuple[str, str]:
        found = PAIR.fullmatch(pair)
        if found is None or found[1] not in self._kinds:
            raise BadFilter(f"{pair[:MAX_SHOWN]!r} is no field=value; the fields are {', '.join(self._kinds)}.")
        try:
            text = unquote(found[2], errors="strict")
            value = spelled(msgspec.convert(text, self._kinds[found[1]], strict=False))
        except ValueError:
            value = None
        if value is None or value != text:
            raise BadFilter(f"{found[1]} is never {found[2][:MAX_SHOWN]!r}; the fields are {', '.join(self._kinds)}.")
        return found[1], value


def spelled(value: Any) -> str:
    """As a value stands in a topic's name, before it is percent-encoded."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)


class Selection:
    """The filtered names that are followed of one plain name, whose topic has `fields`."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self._names: dict[tuple[int, str], dict[str, Filter]] = {}
        """By the first field that a filter names, and each value that it wants of it."""

    def add(self, name: str, where: Filter) -> None:
        """Twice is once."""
        for key in _keys(where):
            self._names.setdefault(key, {})[name] = where

    def remove(self, name: str, where: Filter) -> None:
        for key in _keys(where):
            names = self._names.get(key, {})
            names.pop(name, None)
            if not names:
                self._names.pop(key, None)

    @property
    def is_empty(self) -> bool:
        return not self._names

    def admitting(self, values: Sequence[str]) -> list[str]:
        """The names whose filters admit an event with these values, each once."""
        return [
            name
            for key in enumerate(values)
            for name, where in self._names.get(key, {}).items()
            if where.admits(values)
        ]  # fmt: skip


def _keys(where: Filter) -> Iterator[tuple[int, str]]:
    first = where.first
    return ((first, value) for value in where.wanted[first])
