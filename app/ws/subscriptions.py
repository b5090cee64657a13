"""The topics of one socket: joined only with a role of the topic, left when the role is gone (ACCEPTANCE Z04), and resumed where
the client left off.

Promises: between what was missed and what is live there is no gap and nothing twice; what cannot be recovered is said. History goes
out as replies do: as fast as the client reads, and nothing else is read from it meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.auth.principal import Principal
from app.broadcast.broker import Delivery, History, NotKept, Position
from app.broadcast.hub import Encoder, Hub, Message, Recalled
from app.ws.envelope import Subscribe
from app.ws.frames import Start
from generated.errors import ApiError, Forbidden, InvalidData, Unavailable
from generated.operations import Event, Roles
from generated.results import FieldError

PIECE = 64
"""Events of history that go out at once; then the loop, and the client, have their turn."""
FOLLOW_S = 3.0
"""How long a node that is behind the one that the client was at may take to read on."""
LOOK_S = 0.02


def topic_roles(events: Iterable[Event]) -> dict[str, Roles]:
    """All events of a topic have equal roles; that is the topic's authorisation."""
    return {event.topic: event.roles for event in events}


def admits(roles: Roles, principal: Principal) -> bool:
    """None admits everybody; else one of the groups has to be held whole."""
    return roles is None or any(group <= principal.roles for group in roles)


class Sink(Protocol):
    """The socket's outbox."""

    def push(self, message: Message, size: int) -> None: ...
    def reply(self, message: Message, size: int) -> None: ...


class TopicWriter(Encoder, Protocol):
    """The part of `app.ws.frames.Writer` that tells of topics."""

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes: ...
    def message(self, frame: bytes) -> Message: ...


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a node's events come from."""

    hub: Hub
    history: History
    roles: Mapping[str, Roles]
    """Of every topic that there is; one that is not here does not exist."""


class Subscriptions:
    """Of one socket; `leave_all` is called when it ends. One call at a time, as frames come."""

    __slots__ = ("_feed", "_joined", "_paid", "_sink", "_writer")

    def __init__(self, feed: Feed, sink: Sink, writer: TopicWriter, paid: Callable[[], Awaitable[None]]) -> None:
        """`paid` waits until the client has read what was sent to it."""
        self._feed = feed
        self._sink = sink
        self._writer = writer
        self._paid = paid
        self._joined: set[str] | None = None

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._joined or ())

    async def join(self, wanted: Subscribe, principal: Principal) -> None:
        """All or none, and answered. A topic that is followed already is followed once.

        Raises InvalidData for a topic that does not exist, Forbidden without its role, Unavailable where it cannot be found out
        what was missed; nothing is joined then. Raises NotKept, after the answer, for a history that is lost while it is sent:
        then the socket has to begin anew.
        """
        topics, after = wanted.topics, wanted.after
        self._check(topics, principal)
        new = set(topics) - self.topics
        self._joined = (self._joined or set()) | new
        try:
            recovered = [topic for topic, position in after.items() if await self._can_recover(topic, position)]
        except ApiError:
            self._joined -= new
            raise
        for topic in after:
            self._feed.hub.note_resumption(topic, is_whole=topic in recovered)
        starts = [self._start(topic, after.get(topic), topic in recovered) for topic in dict.fromkeys(topics)]
        frame = self._writer.subscribed(topics, starts, wanted.req_id)
        self._sink.reply(self._writer.message(frame), len(frame))
        for topic in recovered:
            await self._catch_up(topic, after[topic])

    def _check(self, topics: Sequence[str], principal: Principal) -> None:
        roles = self._feed.roles
        faults = [
            FieldError(pointer=f"/topics/{index}", message="There is no such topic.")
            for index, topic in enumerate(topics)
            if topic not in roles
        ]
        if faults:
            raise InvalidData(errors=faults)
        for topic in topics:
            if not admits(roles[topic], principal):
                raise Forbidden(f"The topic {topic} needs a role that is missing.")

    async def _can_recover(self, topic: str, after: Position) -> bool:
        """Whether all that came after it is still there. Raises Unavailable."""
        hub, history = self._feed.hub, self._feed.history
        here = hub.position(topic)
        if here is None or here.epoch != after.epoch or here.offset < after.offset:
            end = await history.end(topic)
            if end.epoch != after.epoch or end.offset < after.offset:
                return False
            await self._until_here(topic, after)
        if hub.after(topic, after) is not None:
            return True
        try:
            await history.read(topic, after, 1)
        except NotKept:
            return False
        return True

    async def _until_here(self, topic: str, position: Position) -> None:
        """Another node was faster: this one's relay has to have come to where the client is."""
        loop = asyncio.get_running_loop()
        end_at = loop.time() + FOLLOW_S
        while (
            (here := self._feed.hub.position(topic)) is None
            or here.epoch != position.epoch
            or here.offset < position.offset
        ):
            if loop.time() >= end_at:
                raise Unavailable
            await asyncio.sleep(LOOK_S)

    def _start(self, topic: str, after: Position | None, is_recovered: bool) -> Start:
        if is_recovered:
            self._feed.hub.unsubscribe(topic, self._sink, self._writer)
            return Start(topic, after, True)
        if topic in self.topics:
            self._feed.hub.subscribe(topic, self._sink, self._writer)
        return Start(topic, self._feed.hub.position(topic), False)

    async def _catch_up(self, topic: str, at: Position) -> None:
        """Sends what came after `at`, piece by piece, and joins the live events in the turn in which nothing is left."""
        while topic in self.topics:
            left = self._feed.hub.after(topic, at)
            if left is not None and len(left) <= PIECE:
                self._send(topic, left)
                self._feed.hub.subscribe(topic, self._sink, self._writer)
                return
            piece = left[:PIECE] if left is not None else await self._read(topic, at)
            self._send(topic, piece)
            at = Position(at.epoch, at.offset + len(piece))
            await asyncio.sleep(0)
            await self._paid()

    async def _read(self, topic: str, at: Position) -> Sequence[Recalled | Position]:
        try:
            found = await self._feed.history.read(topic, at, PIECE)
        except Unavailable as error:
            raise NotKept(topic) from error
        return [Recalled(one) if isinstance(one, Delivery) else Position(one.epoch, one.offset) for one in found]

    def _send(self, topic: str, piece: Sequence[Recalled | Position]) -> None:
        """What could not be read is missed, and said to be."""
        for one in piece:
            form = one.form(self._writer) if isinstance(one, Recalled) else self._writer.missed(topic, one)
            self._sink.reply(*form)

    def leave(self, topics: Iterable[str]) -> None:
        """From now on; topics that are not followed, or do not exist, are no error."""
        for topic in topics:
            self._feed.hub.unsubscribe(topic, self._sink, self._writer)
            if self._joined is not None:
                self._joined.discard(topic)

    def leave_all(self) -> None:
        """So that nothing is pushed to a socket that is gone."""
        self.leave(list(self._joined or ()))

    def review(self, principal: Principal) -> None:
        """After a refresh: what the new roles do not admit is left."""
        self.leave([topic for topic in self._joined or () if not admits(self._feed.roles[topic], principal)])
