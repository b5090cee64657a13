"""Topics under the names that they are followed by: `authors`, `authors/7`, `books?author.id=7`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from .operation import EventType

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Topic(Generic[T_co]):
    """What `client.events` follows; `T_co` is the data of its events, `kinds`. Made by the functions of the package's `topics`."""

    name: str
    kinds: tuple[EventType[Any], ...]
    is_dense: bool = True
    """Whether its offsets have no holes. Where the topic has parameters, its names share them; where only the last event counts, others may
    be left out; what a filter does not admit has its offset all the same."""


@dataclass(frozen=True, slots=True)
class AttendedTopic(Topic[T_co]):
    """One whose followers may ask who else follows it: what `client.presence` takes."""


K = TypeVar("K", bound=Topic[Any])


def attended(topic: Topic[T]) -> AttendedTopic[T]:
    return AttendedTopic(topic.name, topic.kinds, topic.is_dense)


def made(template: str, kinds: tuple[EventType[Any], ...], *values: object) -> Topic[Any]:
    """`values` take the places of the parameters, percent-encoded but for what RFC 3986 leaves as it is."""
    spelled = iter([_spelled(one) for one in values])
    name = "/".join(next(spelled) if part.startswith("{") else part for part in template.split("/"))
    return Topic(name, kinds, is_dense=not values and all(one.is_dense for one in kinds if one.topic == name))


def filtered(topic: K, where: Mapping[str, object]) -> K:
    """Of its events those that have one of the values, given as one or as several, in each field whose values are not None. Equal filters make
    equal names. ValueError for a field that is given no value at all: no event would have it."""
    pairs = [pair for path, given in where.items() if given is not None for pair in _pairs(path, given)]
    return replace(topic, name=f"{topic.name}?{'&'.join(pairs)}", is_dense=False) if pairs else topic


def _pairs(path: str, given: object) -> list[str]:
    values = given if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
    pairs = sorted({f"{path}={_spelled(one)}" for one in values})
    if not pairs:
        raise ValueError(f"{path}: at least one value is needed")
    return pairs


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(str(value.value if isinstance(value, Enum) else value), safe="")
