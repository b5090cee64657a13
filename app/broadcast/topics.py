"""What topics are called: `authors/{author.id}` is one topic of the contract, `authors/7` one of the names under which it is followed.

Promises: a name is of one topic; one value has one spelling, so that nobody misses events that went out under another; a value
cannot make another topic's name, since all but letters, digits, `-`, `.`, `_` and `~` is percent-encoded (RFC 3986 §2.1). What follows
a question mark is a filter (`app.broadcast.filters`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol
from urllib.parse import quote, unquote

import msgspec

from app.broadcast.broker import Address
from app.broadcast.filters import BadFilter, Fields, spelled


class Parametrised(Protocol):
    """As `generated.operations.Topic`: `parameters` are attributes of the topic's events, in the order of the name, and so are the fields of
    `filter`."""

    @property
    def parameters(self) -> tuple[str, ...]: ...
    @property
    def filter(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """`values` is the record of the parameters in `generated.topics`; None where there are none."""

    address: Address
    values: Any = None


class Topics:
    """Of one contract. `records` has the class of the parameters' values for each topic that has some, `filters` that of the filter's."""

    def __init__(
        self,
        topics: Mapping[str, Parametrised],
        records: Mapping[str, type[Any]],
        filters: Mapping[str, type[Any]],
    ) -> None:
        self._plain = {name: Found(Address(name, name)) for name, one in topics.items() if not one.parameters}
        self._families = {
            name: _Family(name, one.parameters, records[name]) for name, one in topics.items() if one.parameters
        }
        self._by_length: dict[int, list[_Family]] = {}
        for family in self._families.values():
            self._by_length.setdefault(len(family.parts), []).append(family)
        self._fields = {name: _fields(one.filter, filters[name]) for name, one in topics.items() if one.filter}

    def find(self, name: str) -> Found | None:
        """None for a name that no event could go out under. Raises BadFilter for a filter that its topic cannot have."""
        plain, mark, query = name.partition("?")
        found = self._find(plain)
        if found is None or not mark:
            return found
        fields = self._fields.get(found.address.topic)
        if fields is None:
            raise BadFilter(f"The topic {found.address.topic} has no filter.")
        return Found(Address(found.address.topic, name, fields.read(plain, query)), found.values)

    def _find(self, name: str) -> Found | None:
        plain = self._plain.get(name)
        if plain is not None:
            return plain
        parts = name.split("/")
        for family in self._by_length.get(len(parts), ()):
            values = family.read(parts)
            if values is not None:
                return Found(Address(family.topic, name), values)
        return None

    def address(self, topic: str, event: Any) -> Address:
        """Of an event that is what its type says."""
        plain = self._plain.get(topic)
        return self._families[topic].address(event) if plain is None else plain.address


class _Family:
    """A topic with parameters."""

    def __init__(self, topic: str, parameters: Sequence[str], record: type[Any]) -> None:
        self.topic = topic
        self.parts = topic.split("/")
        self._record = record
        self._of_event: list[Callable[[Any], Any]] = [attrgetter(path) for path in parameters]
        self._attributes = [path.replace(".", "_") for path in parameters]
        self._of_values: list[Callable[[Any], Any]] = [attrgetter(one) for one in self._attributes]

    def address(self, event: Any) -> Address:
        return Address(self.topic, self._name(get(event) for get in self._of_event))

    def read(self, parts: Sequence[str]) -> Any:
        """The values in a name of as many parts; None where it is none of this topic."""
        given = [one for one, part in zip(parts, self.parts, strict=True) if part.startswith("{")]
        if any(one != part for one, part in zip(parts, self.parts, strict=True) if not part.startswith("{")):
            return None
        try:
            texts = [unquote(one, errors="strict") for one in given]
            values = msgspec.convert(dict(zip(self._attributes, texts, strict=True)), self._record, strict=False)
        except ValueError:
            return None
        return values if self._name(get(values) for get in self._of_values) == "/".join(parts) else None

    def _name(self, values: Iterator[Any]) -> str:
        return "/".join(quote(spelled(next(values)), safe="") if part.startswith("{") else part for part in self.parts)


def _fields(paths: Sequence[str], record: type[Any]) -> Fields:
    """A record has its fields in the order of the paths."""
    kinds = [one.type for one in msgspec.structs.fields(record)]
    return Fields(dict(zip(paths, kinds, strict=True)))
