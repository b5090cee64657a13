"""One event as a follower gets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event(Generic[T]):
    """`offset` counts within `topic` and `epoch`; both are None where the topic keeps no history."""

    data: T
    topic: str
    offset: int | None
    epoch: str | None
    after_gap: bool = False
    """Events before this one were missed, and will never come: what they told of has to be read."""
