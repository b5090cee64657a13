"""Hands each event to the sockets of this node that subscribed to its topic, and remembers the last ones for who was away.

Promises: one encoding per wire format and event, whatever the number of sockets and of filters; a slow socket holds up no other,
because `push` never waits; what is remembered of a topic has no gap and is bounded. Does not ask who may subscribe.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, MutableMapping, Sequence
from itertools import islice
from typing import Any, Protocol

import structlog

from app.broadcast.broker import Address, Delivery, Position
from app.broadcast.filters import Fields, Filter, Selection

Message = MutableMapping[str, Any]
"""An ASGI message; all sockets of one format share it, so nobody may change it."""

MAX_WAITING_BYTES = 1 << 20
"""Of events that wait for one subscriber (D17), over whichever door; replies do not count."""
MAX_RECENT = 1_000
MAX_RECENT_BYTES = 1 << 20
"""Of events' JSON, remembered of each topic, whatever it is called: what most sockets that were away for a moment have missed. The rest is the
stream's to tell."""

logger = structlog.get_logger(__name__)


class Encoder(Protocol):
    """One for each wire format, known by its identity. Each makes an ASGI message and says its size in bytes."""

    def data(self, delivery: Delivery, /) -> bytes:
        """The event itself."""

    def push(self, delivery: Delivery, name: str, data: bytes, /) -> tuple[Message, int]:
        """Under one of the names that it is heard under; `data` is what `data` answered for it."""

    def missed(self, name: str, position: Position, /) -> tuple[Message, int]:
        """Says that events before `position`, or at it, will never come."""


class Subscriber(Protocol):
    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        """Must neither wait nor raise. What still waits under the same `latest` may go, since only the last one counts."""


Groups = dict[Encoder, dict[Subscriber, None]]


class Recalled:
    """An event, with the forms that were asked for."""

    __slots__ = ("_data", "_forms", "_values", "delivery")

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self._data: dict[Encoder, bytes | None] = {}
        self._forms: dict[Encoder, tuple[Message, int]] = {}
        self._values: tuple[str, ...] | None = None

    def is_heard(self, address: Address) -> bool:
        """Whether who follows the address, one of the event's topic, is to hear it."""
        if address.plain != self.delivery.name:
            return False
        return address.where is None or address.where.admits(self.values(address.where.fields))

    def values(self, fields: Fields) -> tuple[str, ...]:
        """What filters look at, taken out once; `fields` are those of the event's topic."""
        if self._values is None:
            self._values = fields.values(self.delivery.event)
        return self._values

    def form(self, encoder: Encoder, name: str) -> tuple[Message, int]:
        """Under a name that it is heard under. That of the plain name is made once and kept; those of filters, of which there may be any
        number, are not, and share the event's encoding. An event that cannot be encoded is logged, and told as missed."""
        if name != self.delivery.name:
            if encoder not in self._data:
                self._data[encoder] = self._encode(encoder)
            return self._make(encoder, name, self._data[encoder])
        found = self._forms.get(encoder)
        if found is None:
            data = self._data[encoder] if encoder in self._data else self._encode(encoder)
            found = self._forms[encoder] = self._make(encoder, name, data)
        return found

    def _encode(self, encoder: Encoder) -> bytes | None:
        try:
            return encoder.data(self.delivery)
        except Exception:
            logger.exception("event.not_encoded", topic=self.delivery.topic, pkg_id=self.delivery.pkg_id)
            return None

    def _make(self, encoder: Encoder, name: str, data: bytes | None) -> tuple[Message, int]:
        one = self.delivery
        return encoder.missed(name, Position(one.epoch, one.offset)) if data is None else encoder.push(one, name, data)


class Recent:
    """The last events of one topic, without a gap up to `position`."""

    def __init__(self, position: Position, most: int) -> None:
        self.position = position
        self._most = most
        self._events: deque[Recalled] = deque()
        self._bytes = 0

    def add(self, delivery: Delivery) -> Recalled:
        """A delivery that does not follow the last one begins anew."""
        if (delivery.epoch, delivery.offset) != (self.position.epoch, self.position.offset + 1):
            self._events.clear()
            self._bytes = 0
        recalled = Recalled(delivery)
        self.position = Position(delivery.epoch, delivery.offset)
        self._events.append(recalled)
        self._bytes += delivery.size
        while len(self._events) > self._most or self._bytes > MAX_RECENT_BYTES:
            self._bytes -= self._events.popleft().delivery.size
        return recalled

    def after(self, position: Position) -> Sequence[Recalled] | None:
        """All that came after it; None if some of that is not remembered."""
        count = self.position.offset - position.offset
        if position.epoch != self.position.epoch or not 0 <= count <= len(self._events):
            return None
        return list(islice(self._events, len(self._events) - count, None))


class Hub:
    """One per node, and the relay's audience. Everything happens on the loop, without waiting, so that a delivery meets a topic
    either with or without a subscriber. `on_event(topic, lag_s)` hears of each event: how long ago its row was written, as far as
    the clocks agree; None where that is not known."""

    def __init__(
        self,
        on_event: Callable[[str, float | None], None] = lambda topic, lag_s: None,
        *,
        latest: Collection[str] = (),
        max_recent: int = MAX_RECENT,
    ) -> None:
        """Of the topics in `latest` only the last event of each name has to be heard."""
        self._on_event = on_event
        self.latest = latest
        self._max_recent = max_recent
        self.delivered: dict[str, int] = {}
        """Pushes since the start, by topic."""
        self.resumed: dict[tuple[str, bool], int] = {}
        """Subscriptions with a position since the start, by topic and whether all that was missed was still there."""
        self._topics: dict[str, dict[str, Groups]] = {}
        """By topic, and by what it is called: a topic with parameters has a name for each value that somebody follows."""
        self._selections: dict[str, dict[str, Selection]] = {}
        """By topic and plain name: which of its names have a filter. Nothing where nobody follows such a name."""
        self._recent: dict[str, Recent] = {}

    def subscribe(self, address: Address, subscriber: Subscriber, encoder: Encoder) -> None:
        """From the next event on; twice is once. Any topic is taken, whether or not it exists."""
        names = self._topics.setdefault(address.topic, {})
        if address.where and address.name not in names:
            selections = self._selections.setdefault(address.topic, {})
            selections.setdefault(address.plain, Selection(address.where.fields)).add(address.name, address.where)
        names.setdefault(address.name, {}).setdefault(encoder, {})[subscriber] = None

    def unsubscribe(self, address: Address, subscriber: Subscriber, encoder: Encoder) -> None:
        """Unknown ones are ignored; the last one to leave leaves nothing behind."""
        names = self._topics.get(address.topic, {})
        groups = names.get(address.name, {})
        members = groups.get(encoder, {})
        members.pop(subscriber, None)
        if not members:
            groups.pop(encoder, None)
        if not groups and names.pop(address.name, None) is not None and address.where:
            self._unselect(address, address.where)
        if not names:
            self._topics.pop(address.topic, None)

    def _unselect(self, address: Address, where: Filter) -> None:
        """Nobody follows the name any more."""
        selections = self._selections[address.topic]
        selections[address.plain].remove(address.name, where)
        if selections[address.plain].is_empty:
            del selections[address.plain]
        if not selections:
            del self._selections[address.topic]

    def position(self, topic: str) -> Position | None:
        """After which the next event comes; None until the relay has seen the stream, or the stream its first event."""
        recent = self._recent.get(topic)
        return recent.position if recent else None

    def after(self, topic: str, position: Position) -> Sequence[Recalled] | None:
        """All of the topic's events that came after it, in order; None where this node does not remember them all. Who
        subscribes in the same turn of the loop misses none, and hears none twice."""
        recent = self._recent.get(topic)
        return recent.after(position) if recent else None

    def deliver(self, delivery: Delivery) -> None:
        """One encoding for each format that is subscribed, and one `push` for each subscriber and name that it follows."""
        at_ms, topic = delivery.at_ms, delivery.topic
        self._on_event(topic, None if at_ms is None else time.time() - at_ms / 1000)
        recent = self._recent.setdefault(topic, Recent(Position(delivery.epoch, 0), self._max_recent))
        recalled = recent.add(delivery)
        selection = self._selections.get(topic, {}).get(delivery.name)
        if selection is not None:
            for name in selection.admitting(recalled.values(selection.fields)):
                self._hand_out(recalled, name)
        self._hand_out(recalled, delivery.name)

    def _hand_out(self, recalled: Recalled, name: str) -> None:
        topic = recalled.delivery.topic
        latest = name if topic in self.latest else None
        for encoder, members in list(self._topics.get(topic, {}).get(name, {}).items()):
            message, size = recalled.form(encoder, name)
            for subscriber in list(members):
                subscriber.push(message, size, latest)
            self.delivered[topic] = self.delivered.get(topic, 0) + len(members)

    def move(self, topic: str, position: Position, *, lost: bool) -> None:
        """What was remembered is no more; where something is lost, each subscriber is told, by the name that it follows."""
        self._recent[topic] = Recent(position, self._max_recent)
        if lost:
            for name, groups in list(self._topics.get(topic, {}).items()):
                self._tell_missed(name, groups, position, latest=name if topic in self.latest else None)

    def _tell_missed(self, name: str, groups: Groups, position: Position, *, latest: str | None) -> None:
        for encoder, members in list(groups.items()):
            message, size = encoder.missed(name, position)
            for subscriber in list(members):
                subscriber.push(message, size, latest)

    def note_resumption(self, topic: str, *, is_whole: bool) -> None:
        """Somebody has asked for what came after a position."""
        told = topic, is_whole
        self.resumed[told] = self.resumed.get(told, 0) + 1

    def count(self, topic: str) -> int:
        """Over all formats, and all names: who follows two of them counts twice."""
        names = self._topics.get(topic, {})
        return sum(len(members) for groups in names.values() for members in groups.values())
