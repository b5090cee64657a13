"""The port of events between nodes: committed events go into one stream per topic, which the nodes read where somebody follows it.

Promises: all of them deliver a topic's events in one order, each once, and without gaps within an epoch; what a node could not
deliver it is told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.broadcast.filters import Filter

MAX_OFFSET = 2**53 - 1
"""JSON has no larger number that every reader reads alike (RFC 8259 §6)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Under which events are heard. `topic` is the contract's, `authors/{author.id}`, and has the stream; `name` is what clients
    follow, `authors/7`. Without parameters they are equal."""

    topic: str
    name: str
    where: Filter | None = None
    """Of the events of the plain name those that it admits; then `name` has it too, `authors/7?kind=note`, as the client wrote it."""

    @property
    def plain(self) -> str:
        """The name under which its events go out."""
        return self.where.plain if self.where else self.name


@dataclass(frozen=True, slots=True)
class Pending:
    """A committed event on its way to the stream; `data` is its JSON."""

    event_id: str
    """The outbox row's; by it the stream knows an event that it has taken already."""
    pkg_id: int
    data: bytes
    at_ms: int = 0
    """When the row was written, in milliseconds since 1970 by PostgreSQL's clock."""
    name: str = ""
    """What the topic is called for this event; empty where it is the topic itself."""
    traceparent: str = ""
    """The span of the call that published it; empty where that is not told."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a topic was read: to the event with this offset, of this epoch. Offset 0 is the epoch's beginning."""

    epoch: str
    offset: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Offsets count from 1 through all that a topic is called; another epoch means that the count began again."""

    topic: str
    offset: int
    epoch: str
    pkg_id: int
    event: Any
    """The event's typed record, decoded once for all sockets of the node."""
    at_ms: int | None = None
    """When its row was written, in milliseconds since 1970; None where an older release appended it."""
    size: int = 0
    """Of the event's JSON, in bytes."""
    of: str = ""
    """What the topic is called for this event; empty where it is the topic itself."""
    traceparent: str = ""
    """Of the call that published it, as the stream says it, unjudged; empty where that is not told."""

    @property
    def name(self) -> str:
        """What clients follow, and are told."""
        return self.of or self.topic


@dataclass(frozen=True, slots=True)
class Hole:
    """An entry that this node cannot read: another release wrote it, or a stranger."""

    topic: str
    offset: int
    epoch: str


class NotKept(Exception):
    """What comes after the position is not in the stream any more, or was never of it."""


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


class Audience(Protocol):
    """Who hears what the relay reads. Neither method may wait; what `deliver` raises costs that event only."""

    def deliver(self, delivery: Delivery, /) -> None:
        """The event after the last one, or after where it was moved to."""

    def move(self, topic: str, position: Position, /, *, lost: bool) -> None:
        """What comes next comes after `position`. `lost` says that something before it will never come."""


class History(Protocol):
    """What whoever was away asks."""

    async def end(self, topic: str) -> Position:
        """Of the last event. Raises Unavailable."""

    async def read(self, topic: str, after: Position, count: int) -> Sequence[Delivery | Hole]:
        """The next ones without a gap: at least one, at most `count`. Raises NotKept, also where there is none, and Unavailable."""


class Reading(Protocol):
    """Which topics the node reads: those that are held, and for a while after that."""

    def hold(self, topic: str, /) -> None:
        """One more follows it here."""

    def let_go(self, topic: str, /) -> None:
        """As often as it is held."""

    async def begin(self, topic: str, /) -> None:
        """From its return the audience gets each event of a topic that is held, or hears that some are missing. Waits for Redis once, and
        raises nothing."""


class Broker(Protocol):
    """What the mover appends to and nodes read from; `redis_broker` is the one there is, and has the history too."""

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        """How many of the events, counted from the first, stand in the stream now, in this order: at least one.

        One that stands there already is passed over. Of two movers the one with the greater `token` prevails. Returns within
        3 s. Raises NotAppended and Superseded.
        """

    def nudge(self, topic: str) -> None:
        """Tell the node that moves this topic that events wait. Neither waits nor raises; it may be lost."""

    async def relay(self, audience: Audience, mover: Nudged) -> None:
        """Hand the events of what is read to the audience, for the life of the node, one after the other. To be supervised: called
        again, it goes on where it was."""
