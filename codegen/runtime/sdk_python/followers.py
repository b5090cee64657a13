"""Who follows which events, and how far each topic was seen. A push is decoded once, whoever takes it."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import ValidationError

from .codec import BadFrame, Codec, Push
from .errors import ClientError, InvalidResponse
from .event import Event
from .operation import EventType


class Sink(Protocol):
    def offer(self, event: Event[Any], /) -> None: ...
    def end(self, error: ClientError | None, /) -> None: ...


class Followers:
    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._sinks: dict[str, list[Sink]] = {}
        """By the event's name."""
        self._topics: dict[str, int] = {}
        """How many follow each topic."""
        self._seen: dict[str, tuple[int | None, str | None]] = {}

    @property
    def topics(self) -> list[str]:
        return sorted(self._topics)

    def position(self, topic: str) -> tuple[int | None, str | None]:
        """The last offset and epoch that were seen."""
        return self._seen.get(topic, (None, None))

    def add(self, kind: EventType[Any], sink: Sink) -> bool:
        """Whether the topic is new."""
        self._sinks.setdefault(kind.name, []).append(sink)
        self._topics[kind.topic] = self._topics.get(kind.topic, 0) + 1
        return self._topics[kind.topic] == 1

    def remove(self, kind: EventType[Any], sink: Sink) -> bool:
        """Whether nobody follows the topic any more."""
        listed = self._sinks.get(kind.name, [])
        if sink not in listed:
            return False
        listed.remove(sink)
        self._topics[kind.topic] -= 1
        if self._topics[kind.topic]:
            return False
        del self._topics[kind.topic]
        return True

    def offer(self, kind: EventType[Any], push: Push) -> None:
        """An event that was seen is passed over: of two connections, of which one takes the other's place, each may bring it."""
        topic = push.topic or kind.topic
        if push.offset is not None and self._has_seen(topic, push.offset, push.epoch):
            return
        self._seen[topic] = (push.offset, push.epoch)
        sinks = self._sinks.get(kind.name)
        if not sinks:
            return
        try:
            data = kind.result().validate_python(self._codec.event(kind, push))
        except (ValidationError, BadFrame) as error:
            self._end(sinks, InvalidResponse(f"an event {kind.name} is not what the contract says: {error}"))
            return
        event = Event(data, topic, push.offset, push.epoch)
        for sink in list(sinks):
            sink.offer(event)

    def _has_seen(self, topic: str, offset: int, epoch: str | None) -> bool:
        last, of = self.position(topic)
        return last is not None and of == epoch and offset <= last

    def end(self, error: ClientError | None) -> None:
        for sinks in self._sinks.values():
            self._end(sinks, error)

    def _end(self, sinks: list[Sink], error: ClientError | None) -> None:
        for sink in list(sinks):
            sink.end(error)
