"""Who follows which events, who watches who else follows, and how far each topic was seen. A push is decoded once, whoever takes it.

Promises: what a topic's stream had is offered once and in order; where something is missing, the next event says so. A topic is followed once,
whoever wants what of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from pydantic import ValidationError

from .codec import BadFrame, Codec, Position, Presence, Push, Start
from .errors import ClientError, InvalidResponse
from .event import Event
from .operation import EventType
from .options import Hooks
from .topic import AttendedTopic, Topic

MAX_TOPICS, MAX_CHARS = 100, 12_000
"""Of one frame: as many as the server reads, and so long that their names, said up to three times, and positions are well below 64 KiB."""


def in_frames(topics: Iterable[str]) -> Iterator[list[str]]:
    """In their order, as many as one frame may name."""
    few: list[str] = []
    for topic in topics:
        if few and (len(few) == MAX_TOPICS or sum(map(len, few)) + len(topic) > MAX_CHARS):
            yield few
            few = []
        few.append(topic)
    if few:
        yield few


class Sink(Protocol):
    def offer(self, event: Event[Any], /) -> None: ...
    def end(self, error: ClientError | None, /) -> None: ...


class Watcher(Protocol):
    def tell(self, told: Presence, /) -> None: ...
    def end(self, error: ClientError | None, /) -> None: ...


class Followers:
    """`over` is the connection that a topic is asked for, or answered, on."""

    def __init__(self, codec: Codec, hooks: Hooks) -> None:
        self._codec = codec
        self._hooks = hooks
        self._sinks: dict[str, dict[Sink, Topic[Any]]] = {}
        """By the name of the topic."""
        self._watchers: dict[str, dict[Watcher, None]] = {}
        """The same, of those who want to know who else follows."""
        self._seen: dict[str, Position] = {}
        """Of followed topics."""
        self._over: dict[str, object] = {}
        """On which connection each is followed now."""
        self._after_gap: set[Sink] = set()

    @property
    def topics(self) -> list[str]:
        return sorted(self._sinks.keys() | self._watchers.keys())

    def positions(self, topics: Iterable[str]) -> dict[str, Position]:
        """How far each was seen, as far as that is known."""
        return {topic: self._seen[topic] for topic in topics if topic in self._seen}

    def subscriptions(self, topics: Iterable[str], over: object) -> Iterator[str | bytes]:
        """The frames that ask for them, each made when it is its turn. What is followed there already goes on as it does, and is asked for
        again to be told who else follows."""
        for few in in_frames(topics):
            after = self.positions(topic for topic in few if self._over.get(topic) is not over)
            yield self._codec.subscribe(few, after, [topic for topic in few if topic in self._watchers])

    def add(self, topic: Topic[Any], sink: Sink) -> bool:
        """Whether the topic has to be asked for: nobody has followed it."""
        is_new = not self._follows(topic.name)
        self._sinks.setdefault(topic.name, {})[sink] = topic
        return is_new

    def watch(self, topic: AttendedTopic[Any], watcher: Watcher) -> bool:
        """Always: only then the server tells anew who is there."""
        self._watchers.setdefault(topic.name, {})[watcher] = None
        return True

    def remove(self, topic: Topic[Any], gone: Sink | Watcher) -> bool:
        """Whether nobody follows the topic any more; then it is forgotten how far it was seen."""
        name, followed = topic.name, self._follows(topic.name)
        for kept in (self._sinks, self._watchers):
            mine: dict[Any, Any] = kept.get(name, {})
            mine.pop(gone, None)
            if name in kept and not mine:
                del kept[name]
        self._after_gap.discard(gone)
        is_last = followed and not self._follows(name)
        if is_last:
            self._seen.pop(name, None)
            self._over.pop(name, None)
        return is_last

    def _follows(self, name: str) -> bool:
        return name in self._sinks or name in self._watchers

    def start(self, starts: Iterable[Start], over: object) -> None:
        """Where topics begin, or go on."""
        for one in starts:
            if not self._follows(one.topic) or self._over.get(one.topic) is over:
                continue
            self._over[one.topic] = over
            if one.position is None:
                continue
            before = self._seen.get(one.topic)
            if not one.recovered:
                self._seen[one.topic] = one.position
            if before is not None and one.topic in self._sinks:
                self._resume(one.topic, is_whole=one.recovered or before == one.position)

    def _resume(self, topic: str, *, is_whole: bool) -> None:
        if self._hooks.on_resubscribe is not None:
            self._hooks.on_resubscribe(topic, is_whole)
        if not is_whole:
            self._mark(topic)

    def miss(self, topic: str, position: Position) -> None:
        """What comes next of the topic comes after `position`."""
        if self._follows(topic):
            self._seen[topic] = position
            self._mark(topic)

    def tell(self, told: Presence, over: object) -> None:
        """Changes follow from what was told before on the same connection: another one, whose place this one has taken, says nothing any more."""
        if self._over.get(told.topic) is over:
            for watcher in list(self._watchers.get(told.topic, ())):
                watcher.tell(told)

    def _mark(self, topic: str) -> None:
        """Nobody misses events where nobody takes them."""
        if topic not in self._sinks:
            return
        self._after_gap.update(self._sinks[topic])
        if self._hooks.on_missed is not None:
            self._hooks.on_missed(topic)

    def offer(self, kind: EventType[Any] | None, push: Push) -> None:
        """One that was seen already is passed over, one of an unknown kind counts as seen."""
        topic = push.topic or (kind.topic if kind is not None else "")
        if self._follows(topic) and self._advance(topic, push) and kind is not None:
            self._hand_out(kind, push, topic)

    def _advance(self, topic: str, push: Push) -> bool:
        """Whether the event is new. Of a topic whose offsets have no holes, one that does not follow the last says that something was missed."""
        if not push.epoch or push.offset is None:
            return True
        seen = self._seen.get(topic)
        if seen is not None and seen.epoch == push.epoch:
            if push.offset <= seen.offset:
                return False
            if push.offset > seen.offset + 1 and all(one.is_dense for one in self._sinks.get(topic, {}).values()):
                self._mark(topic)
        self._seen[topic] = Position(push.epoch, push.offset)
        return True

    def _hand_out(self, kind: EventType[Any], push: Push, topic: str) -> None:
        sinks = [sink for sink, wanted in self._sinks.get(topic, {}).items() if kind in wanted.kinds]
        if not sinks:
            return
        try:
            data = kind.result().validate_python(self._codec.event(kind, push))
        except (ValidationError, BadFrame) as error:
            self._end(sinks, InvalidResponse(f"an event {kind.name} is not what the contract says: {error}"))
            return
        event = Event(data, topic, push.offset, push.epoch)
        for sink in sinks:
            is_first = sink in self._after_gap
            self._after_gap.discard(sink)
            sink.offer(replace(event, after_gap=True) if is_first else event)

    def end(self, error: ClientError | None) -> None:
        self._end([one for kept in (self._sinks, self._watchers) for some in kept.values() for one in some], error)

    def _end(self, followers: Iterable[Sink | Watcher], error: ClientError | None) -> None:
        for one in followers:
            one.end(error)
