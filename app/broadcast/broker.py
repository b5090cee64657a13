"""The port of events between nodes: committed events go into one stream per topic, which every node reads.

Promises: all nodes deliver a topic's events in one order, each once, and without gaps within an epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed event on its way to the stream; `data` is its JSON."""

    event_id: str
    """The outbox row's; by it the stream knows an event that it has taken already."""
    pkg_id: int
    data: bytes
    at_ms: int = 0
    """When the row was written, in milliseconds since 1970 by PostgreSQL's clock."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Offsets count from 1; another epoch means that the count began again."""

    topic: str
    offset: int
    epoch: str
    pkg_id: int
    event: Any
    """The event's typed record, decoded once for all sockets of the node."""
    at_ms: int | None = None
    """When its row was written, in milliseconds since 1970; None where an older release appended it."""


class NotAppended(Exception):
    """It is not known which of the events reached the stream. To append them again is safe."""


class Superseded(Exception):
    """A younger mover appends to this topic; whoever is told so must not go on."""


class Nudged(Protocol):
    """Who moves events on this node, as the relay sees it."""

    def moves(self, topic: str) -> bool:
        """Whether this node has the topic's place now."""

    def nudge(self, topic: str) -> None:
        """Another node has committed events of the topic."""


class Broker(Protocol):
    """What the mover appends to and every node reads from; `redis_broker` is the one there is."""

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        """How many of the events, counted from the first, stand in the stream now, in this order: at least one.

        One that stands there already is passed over. Of two movers the one with the greater `token` prevails. Returns within
        3 s. Raises NotAppended and Superseded.
        """

    def nudge(self, topic: str) -> None:
        """Tell the node that moves this topic that events wait. Neither waits nor raises; it may be lost."""

    async def relay(self, deliver: Callable[[Delivery], None], mover: Nudged) -> None:
        """Hand every event to `deliver`, for the life of the node, one after the other; `deliver` must not wait, and
        what it raises costs that event only. To be supervised: called again, it goes on where it was."""
