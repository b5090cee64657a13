"""A node with one socket, a stream and a door of rooms, for the tests of subscriptions."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Annotated, Any

import msgspec

from app.broadcast.broker import Delivery, Hole, NotKept, Position
from app.broadcast.hub import Hub, Message
from app.broadcast.presence import Told
from app.broadcast.topics import Found, Topics
from app.execution.context import Caller, Door
from app.ws.envelope import Subscribe
from app.ws.frames import Start
from app.ws.subscriptions import Feed, Subscriptions
from generated.errors import Unavailable
from generated.operations import Topic
from tests.app.ws.fakes import FakePresence, FakeReading, principal

ROLES = {
    "open": None,
    "artists": (frozenset({"a"}),),
    "both": (frozenset({"a", "b"}), frozenset({"admin"})),
    "rooms/{id}": None,
}
ROOMS = 3
"""Events of `rooms/{id}` are told in turn to so many rooms, by their offsets."""
KINDS = 4
"""Each event is one of so many numbers, by its offset: what `open` and `rooms/{id}` may be filtered by."""


class Room(msgspec.Struct, frozen=True):
    id: int


class Numbers(msgspec.Struct, frozen=True):
    """An event is a number: its offset, modulo KINDS."""

    real: Annotated[int, msgspec.Meta(ge=0, lt=KINDS)]


def caller(roles: str = "a") -> Caller:
    return Caller(principal(roles=roles), "192.0.2.1", "tests", Door.WEBSOCKET)


def topics() -> Topics:
    declared = {name: Topic(name, 10, 1.0, True) for name in ROLES if "{" not in name}
    declared["open"] = Topic("open", 10, 1.0, True, filter=("real",))
    declared["rooms/{id}"] = Topic("rooms/{id}", 10, 1.0, True, ("id",), ("real",))
    return Topics(declared, {"rooms/{id}": Room}, {"open": Numbers, "rooms/{id}": Numbers})


class Rooms:
    """A handler that opens rooms, but those that are closed; `is_away` when it cannot say."""

    def __init__(self) -> None:
        self.closed: set[int] = set()
        self.is_away = False
        self.asked: list[str] = []

    async def admits(self, found: Found, caller: Caller, trace_id: str) -> bool:
        self.asked.append(found.address.name)
        if self.is_away:
            raise Unavailable
        return found.values is None or found.values.id not in self.closed


class Log:
    """A stream as Redis keeps it: the last `kept` events of each topic, and one epoch."""

    def __init__(self, kept: int = 1000) -> None:
        self.kept = kept
        self.epoch = "e"
        self.count = 0
        self.is_away = False
        self.holes: set[int] = set()

    async def end(self, topic: str) -> Position:
        await self._answer()
        return Position(self.epoch, self.count)

    async def read(self, topic: str, after: Position, count: int) -> Sequence[Delivery | Hole]:
        await self._answer()
        offsets = range(after.offset + 1, min(after.offset + count, self.count) + 1)
        if after.epoch != self.epoch or not offsets or offsets[0] <= self.count - self.kept:
            raise NotKept(topic)
        return [Hole(topic, one, self.epoch) if one in self.holes else self.delivery(topic, one) for one in offsets]

    def delivery(self, topic: str, offset: int) -> Delivery:
        of = f"rooms/{offset % ROOMS}" if topic == "rooms/{id}" else ""
        return Delivery(topic, offset, self.epoch, 1001, offset % KINDS, of=of)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable


class Socket:
    """Its inbox."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.is_idle = True

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        self.seen.append(message["told"])

    def reply(self, message: Message, size: int) -> None:
        if "told" in message:
            self.push(message, size)


class Writer:
    """Writes what a test can compare."""

    def __init__(self) -> None:
        self.starts: list[Start] = []

    def data(self, delivery: Delivery) -> bytes:
        return b""

    def push(self, delivery: Delivery, name: str, data: bytes) -> tuple[Message, int]:
        return {"told": (name, delivery.offset)}, 1

    def missed(self, topic: str, position: Position) -> tuple[Message, int]:
        return {"told": (topic, "missed", position.offset)}, 1

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        return {"told": (name, told, *users, count)}, 1

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes:
        self.starts = list(starts)
        return b""

    def message(self, frame: bytes) -> Message:
        return {}


class Node:
    """A hub that has read its log to the end, and one socket of it."""

    def __init__(self, log: Log | None = None, remembered: int = 1000, latest: Collection[str] = ()) -> None:
        self.log = log or Log()
        self.hub, self.socket, self.writer = Hub(latest=latest, max_recent=remembered), Socket(), Writer()
        for topic in ROLES:
            self.hub.move(topic, Position(self.log.epoch, self.log.count), lost=False)
        self.rooms = Rooms()
        self.presence = FakePresence("rooms/{id}")
        self.reading = FakeReading()
        self.feed = Feed(self.hub, self.log, self.reading, topics(), ROLES, self.rooms, self.presence)
        self.subscriptions = Subscriptions(self.feed, self.socket, self.writer, self.paid)
        self.pauses = 0
        self.happens: list[Any] = []
        """What happens while the client reads."""

    async def paid(self) -> None:
        self.pauses += 1
        if self.happens:
            self.happens.pop(0)()

    def tell(self, count: int = 1) -> None:
        for _ in range(count):
            self.log.count += 1
            for topic in ROLES:
                self.hub.deliver(self.log.delivery(topic, self.log.count))

    async def join(self, *topics: str, **after: int) -> None:
        """`after` are offsets of the epoch by topic."""
        positions = {topic: Position("e", offset) for topic, offset in after.items()}
        await self.subscriptions.join(Subscribe([*topics, *after], None, positions), caller(), "trace")

    async def watch(self, *topics: str) -> None:
        """Joins them, and asks who follows them."""
        await self.subscriptions.join(Subscribe([*topics], None, {}, [*topics]), caller(), "trace")

    @property
    def topics(self) -> list[str]:
        return sorted(topic for topic, *_ in self.socket.seen)

    @property
    def offsets(self) -> list[int]:
        return [told[-1] for told in self.socket.seen]
