"""Topics for a reader that is no socket: what `subscriptions` does for one, in the form of server-sent events.

Promises: an event is encoded once for all such readers of a node, and its data are what a socket with JSON would hear.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

import msgspec

from app.broadcast.broker import Delivery, Position
from app.broadcast.hub import Message
from app.broadcast.presence import Told
from app.execution.context import Caller
from app.ws.envelope import Subscribe
from app.ws.frames import JsonWriter, Start
from app.ws.subscriptions import Feed, Subscriptions
from generated.errors import InvalidData
from generated.results import FieldError


class Reader(Protocol):
    """Whom it is written for. A message has a `body` and the `places` that its reader is at behind it."""

    @property
    def is_idle(self) -> bool: ...
    def push(self, message: Message, size: int, latest: str | None = None) -> None: ...
    def reply(self, message: Message, size: int) -> None: ...


class SseWriter:
    """As `app.ws.subscriptions.TopicWriter`. An event is a message without a name; `subscribed`, `missed`, `present`,
    `joined` and `left` are events of their own."""

    def __init__(self, json: JsonWriter) -> None:
        self._json = json

    def data(self, delivery: Delivery) -> bytes:
        return self._json.data(delivery)

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        text = self._json.push(delivery, name, data)[0]["text"].encode()
        return _message(b"data: %b\n" % text, [(name, Position(delivery.epoch, delivery.offset))])

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        text = self._json.missed(topic, position)[0]["text"].encode()
        return _message(b"event: missed\ndata: %b\n" % text, [(topic, position)])

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        text = self._json.presence(told, name, users, count)[0]["text"].encode()
        return _message(b"event: %b\ndata: %b\n" % (told.value.encode(), text), [])

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        return self._json.subscribed(topics, starts, req_id)

    def message(self, frame: bytes) -> Message:
        """Of `subscribed`, the one frame that is made here; it says where each topic begins."""
        starts = msgspec.json.decode(frame)["positions"]
        places = [(one["topic"], Position(one["epoch"], one["offset"])) for one in starts]
        return {"body": b"event: subscribed\ndata: %b\n" % frame, "places": places}


def _message(body: bytes, places: list[tuple[str, Position]]) -> tuple[Message, int]:
    return {"body": body, "places": places}, len(body)


class TopicStream:
    """As `app.http.events.Following`; one per reader."""

    def __init__(self, feed: Feed, writer: SseWriter, reader: Reader, paid: Callable[[], Awaitable[None]]) -> None:
        self._subscriptions = Subscriptions(feed, reader, writer, paid)

    async def join(
        self, topics: list[str], after: Mapping[str, Position], presence: list[str], caller: Caller, trace_id: str
    ) -> None:
        """As `Subscriptions.join`; pointers go to the field of the query."""
        try:
            await self._subscriptions.join(Subscribe(topics, None, dict(after), presence), caller, trace_id)
        except InvalidData as error:
            raise InvalidData(errors=[_of_query(one) for one in error.errors]) from error

    def leave_all(self) -> None:
        self._subscriptions.leave_all()


def _of_query(fault: FieldError) -> FieldError:
    return FieldError(pointer=fault.pointer.replace("/topics", "/topic", 1), message=fault.message)
