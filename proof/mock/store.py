"""What the mock remembers: rows of resources in the order in which they were made, and answers by idempotency key. Bounded; the oldest go first."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from proof.documents import Json

MAX_ROWS = 5000
"""Of one resource."""
MAX_KEYS = 5000
MAX_GONE = 5000
"""Identities of what was deleted, of one resource."""


@dataclass(slots=True)
class Row:
    """`place` rises with each row that is made."""

    place: int
    value: Json


@dataclass(slots=True)
class Table:
    """Rows of one resource by their identity. `made` counts all that there ever were."""

    identity: str
    rows: OrderedDict[str, Row] = field(default_factory=OrderedDict)
    gone: OrderedDict[str, None] = field(default_factory=OrderedDict)
    made: int = 0

    def put(self, value: Json) -> None:
        """A new row, or the same one with another value, which keeps its place."""
        key = _text(value[self.identity])
        known = self.rows.get(key)
        if known is not None:
            known.value = value
            return
        self.made += 1
        self.rows[key] = Row(self.made, value)
        if len(self.rows) > MAX_ROWS:
            self.rows.popitem(last=False)

    def has(self, identity: Any) -> bool:
        return _text(identity) in self.rows

    def find(self, wanted: Mapping[str, Any]) -> Json | None:
        """The row with these members."""
        if self.identity in wanted:
            found = self.rows.get(_text(wanted[self.identity]))
            return found.value if found and _has(found.value, wanted) else None
        return next((one.value for one in self.rows.values() if _has(one.value, wanted)), None)

    def remove(self, value: Json) -> None:
        key = _text(value[self.identity])
        self.rows.pop(key, None)
        self.gone[key] = None
        if len(self.gone) > MAX_GONE:
            self.gone.popitem(last=False)

    def was_removed(self, wanted: Mapping[str, Any]) -> bool:
        return _text(wanted.get(self.identity)) in self.gone

    def having(self, wanted: Mapping[str, Any]) -> Iterator[Row]:
        return (one for one in self.rows.values() if _has(one.value, wanted))


@dataclass(slots=True)
class Kept:
    """The answer of a call that has a key, and what was asked."""

    asked: str
    value: Json | None


@dataclass(slots=True)
class Keys:
    """Answers by operation, caller and key."""

    kept: OrderedDict[tuple[str, str, str], Kept] = field(default_factory=OrderedDict)

    def find(self, place: tuple[str, str, str]) -> Kept | None:
        return self.kept.get(place)

    def keep(self, place: tuple[str, str, str], fields: Json, value: Json | None) -> None:
        self.kept[place] = Kept(_text(fields), value)
        if len(self.kept) > MAX_KEYS:
            self.kept.popitem(last=False)


def is_asked_again(kept: Kept, fields: Json) -> bool:
    """Whether the same was asked under the key."""
    return kept.asked == _text(fields)


def _has(value: Json, wanted: Mapping[str, Any]) -> bool:
    return all(name in value and _text(value[name]) == _text(one) for name, one in wanted.items())


def _text(value: Any) -> str:
    """One text for equal values: 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)
