"""Topics under the names that they are followed by: `authors`, `authors/7`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from .operation import EventType

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Topic(Generic[T_co]):
    """What `client.events` follows; `T_co` is the data of its events, `kinds`. Made by the functions of the package's `topics`."""

    name: str
    kinds: tuple[EventType[Any], ...]
    is_dense: bool = True
    """Whether its offsets have no holes. Where the topic has parameters, its names share them; where only the last event counts, others may
    be left out."""


def made(template: str, kinds: tuple[EventType[Any], ...], *values: object) -> Topic[Any]:
    """`values` take the places of the parameters, percent-encoded but for what RFC 3986 leaves as it is."""
    spelled = iter([quote(str(one.value if isinstance(one, Enum) else one), safe="") for one in values])
    name = "/".join(next(spelled) if part.startswith("{") else part for part in template.split("/"))
    return Topic(name, kinds, is_dense=not values and all(one.is_dense for one in kinds if one.topic == name))
