"""Filters of topics, as docs/wire.md has them: `messages?kind=note&kind=todo` is heard by who wants these two kinds alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from codegen.ir.operations import Contract, Event
from codegen.ir.topics import field_at, filters
from codegen.ir.types import Bool, Enum, Int, Named, String, Text, Type
from proof.documents import Json

MAX_VALUES = 32
PAIR = re.compile(r"([a-z0-9_.]+)=((?:[A-Za-z0-9._~!$'()*+,;:@/?=-]|%[0-9A-Fa-f]{2})*)")
INTEGER = re.compile("0|-?[1-9][0-9]*")
UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Wanted = Mapping[str, frozenset[str]]
"""By the path of a field: the values of which an event has one."""


class Filters:
    """Of one topic."""

    def __init__(self, contract: Contract, topic: str) -> None:
        self._contract = contract
        self._kinds = next((filters(contract, one) for one in contract.topics if one.name == topic), {})

    def read(self, query: str) -> Wanted:
        """Raises ValueError, with a sentence."""
        pairs = query.split("&")
        if len(pairs) > MAX_VALUES:
            raise ValueError(f"A filter has {MAX_VALUES} values at most.")
        wanted: dict[str, set[str]] = {}
        for pair in pairs:
            found = PAIR.fullmatch(pair)
            if found is None or found[1] not in self._kinds:
                raise ValueError(f"The topic may be filtered by {', '.join(self._kinds) or 'nothing'}.")
            text = decoded(found[2])
            if text is None or not _is_spelled(self._contract, self._kinds[found[1]], text):
                raise ValueError(f"{found[1]} has no such value.")
            wanted.setdefault(found[1], set()).add(text)
        return {path: frozenset(values) for path, values in wanted.items()}

    def admits(self, wanted: Wanted, event: Event, data: Json) -> bool:
        return all(value_at(self._contract, event, data, path) in values for path, values in wanted.items())


def decoded(value: str) -> str | None:
    """None for what is no UTF-8."""
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        return None


def value_at(contract: Contract, event: Event, data: Json, path: str) -> str:
    """What the event has in a field that a name may say, as text."""
    value: Any = data
    for member in _members(contract, event.record, path):
        value = value[member]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _members(contract: Contract, record: str, path: str) -> Iterator[str]:
    """The names in JSON along a path."""
    steps = path.split(".")
    for count in range(1, len(steps) + 1):
        field = field_at(contract, record, ".".join(steps[:count]))
        assert field is not None
        yield field.member


def _is_spelled(contract: Contract, kind: Type, text: str) -> bool:
    """Whether it is how a value of the type is written."""
    match kind:
        case Bool():
            return text in ("true", "false")
        case Int():
            return INTEGER.fullmatch(text) is not None and kind.minimum <= int(text) <= kind.maximum
        case Text():
            return UUID.fullmatch(text) is not None
        case String():
            return kind.max_length is None or len(text) <= kind.max_length
        case Named():
            found = contract.definitions[kind.name]
            return isinstance(found, Enum) and text in {str(value) for _, value in found.members}
    return False
