"""Who follows which events, and how far each topic was seen. A push is decoded once, whoever takes it.

Promises: what a topic's stream had is offered once and in order; where something is missing, the next event says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from pydantic import ValidationError

from .codec import BadFrame, Codec, Position, Push, Start
from .errors import ClientError, InvalidResponse
from .event import Event
from .operation import EventType
from .options import Hooks
from .topic import Topic

MAX_TOPICS, MAX_CHARS = 100, 12_000
"""Of one frame: as many as the server reads, and so long that their names and positions are well below 64 KiB."""


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


class Followers:
    def __init__(self, codec: Codec, hooks: Hooks) -> None:
        self._codec = codec
        self._hooks = hooks
        self._sinks: dict[str, dict[Sink, Topic[Any]]] = {}
        """By the name of the topic."""
        self._seen: dict[str, Position] = {}
        """Of followed topics."""
        self._after_gap: set[Sink] = set()

    @property
    def topics(self) -> list[str]:
        return sorted(self._sinks)

    def positions(self, topics: Iterable[str]) -> dict[str, Position]:
        """How far each was seen, as far as that is known."""
        return {topic: self._seen[topic] for topic in topics if topic in self._seen}

    def add(self, topic: Topic[Any], sink: Sink) -> bool:
        """Whether the topic is new."""
        is_new = topic.name not in self._sinks
        self._sinks.setdefault(topic.name, {})[sink] = topic
        return is_new

    def remove(self, topic: Topic[Any], sink: Sink) -> bool:
        """Whether nobody follows the topic any more; then it is forgotten how far it was seen."""
        sinks = self._sinks.get(topic.name, {})
        if sinks.pop(sink, None) is None:
            return False
        self._after_gap.discard(sink)
        if sinks:
            return False
        del self._sinks[topic.name]
        self._seen.pop(topic.name, None)
        return True

    def start(self, starts: Iterable[Start]) -> None:
        """Where topics begin, or go on."""
        for one in starts:
            if one.topic not in self._sinks or one.position is None:
                continue
            before = self._seen.get(one.topic)
            if not one.recovered:
                self._seen[one.topic] = one.position
            if before is not None:
                self._resume(one.topic, is_whole=one.recovered or before == one.position)

    def _resume(self, topic: str, *, is_whole: bool) -> None:
        if self._hooks.on_resubscribe is not None:
            self._hooks.on_resubscribe(topic, is_whole)
        if not is_whole:
            self._mark(topic)

    def miss(self, topic: str, position: Position) -> None:
        """What comes next of the topic comes after `position`."""
        if topic in self._sinks:
            self._seen[topic] = position
            self._mark(topic)

    def _mark(self, topic: str) -> None:
        self._after_gap.update(self._sinks[topic])
        if self._hooks.on_missed is not None:
            self._hooks.on_missed(topic)

    def offer(self, kind: EventType[Any] | None, push: Push) -> None:
        """One that was seen already is passed over, one of an unknown kind counts as seen."""
        topic = push.topic or (kind.topic if kind is not None else "")
        if topic in self._sinks and self._advance(topic, push) and kind is not None:
            self._hand_out(kind, push, topic)

    def _advance(self, topic: str, push: Push) -> bool:
        """Whether the event is new. Of a topic whose offsets have no holes, one that does not follow the last says that something was missed."""
        if not push.epoch or push.offset is None:
            return True
        seen = self._seen.get(topic)
        if seen is not None and seen.epoch == push.epoch:
            if push.offset <= seen.offset:
                return False
            if push.offset > seen.offset + 1 and all(one.is_dense for one in self._sinks[topic].values()):
                self._mark(topic)
        self._seen[topic] = Position(push.epoch, push.offset)
        return True

    def _hand_out(self, kind: EventType[Any], push: Push, topic: str) -> None:
        sinks = [sink for sink, wanted in self._sinks[topic].items() if kind in wanted.kinds]
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
        self._end([sink for sinks in self._sinks.values() for sink in sinks], error)

    def _end(self, sinks: list[Sink], error: ClientError | None) -> None:
        for sink in sinks:
            sink.end(error)
