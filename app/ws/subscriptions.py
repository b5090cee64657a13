"""The topics of one socket: joined only with a role of the topic, and where a handler opens them, left when either is gone
(ACCEPTANCE Z04), and resumed where the client left off.

Promises: between what was missed and what is live there is no gap and nothing twice; what cannot be recovered is said. History goes
out as replies do: as fast as the client reads, and nothing else is read from it meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.auth.principal import Principal
from app.broadcast.broker import Address, Delivery, History, NotKept, Position, Reading
from app.broadcast.filters import BadFilter
from app.broadcast.hub import Encoder, Hub, Message, Recalled
from app.broadcast.presence import PresenceEncoder, Watcher
from app.broadcast.topics import Found, Topics
from app.execution.context import Caller
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


MAX_FOLLOWED = 1_000
"""Topics of one socket, by their names."""


def topic_roles(events: Iterable[Event]) -> dict[str, Roles]:
    """All events of a topic have equal roles; that is the topic's authorisation, with its guard where it has one."""
    return {topic: event.roles for event in events for topic in event.topics}


def admits(roles: Roles, principal: Principal) -> bool:
    """None admits everybody; else one of the groups has to be held whole."""
    return roles is None or any(group <= principal.roles for group in roles)


class Sink(Watcher, Protocol):
    """The socket's outbox."""

    def reply(self, message: Message, size: int) -> None: ...


class TopicWriter(Encoder, PresenceEncoder, Protocol):
    """The part of `app.ws.frames.Writer` that tells of topics."""

    def subscribed(self, topics: list[str], starts: Sequence[Start], req_id: str | None) -> bytes: ...
    def message(self, frame: bytes) -> Message: ...


class Guard(Protocol):
    """As `app.ws.guard`."""

    async def admits(self, found: Found, caller: Caller, trace_id: str) -> bool: ...


class Presence(Protocol):
    """As `app.broadcast.presence`."""

    def covers(self, topic: str) -> bool: ...
    def enter(self, address: Address, user: str) -> None: ...
    def leave(self, address: Address, user: str) -> None: ...
    def watch(self, address: Address, watcher: Watcher, encoder: PresenceEncoder) -> None: ...
    def unwatch(self, address: Address, watcher: Watcher) -> None: ...


@dataclass(frozen=True, slots=True)
class Feed:
    """Where a node's events come from."""

    hub: Hub
    history: History
    reading: Reading
    topics: Topics
    roles: Mapping[str, Roles]
    """Of every topic that there is; one that is not here does not exist."""
    guard: Guard
    presence: Presence


class Subscriptions:
    """Of one socket; `leave_all` is called when it ends. One call at a time, as frames come. Whose socket it is does not change."""

    __slots__ = ("_feed", "_joined", "_paid", "_present", "_sink", "_user", "_writer")

    def __init__(self, feed: Feed, sink: Sink, writer: TopicWriter, paid: Callable[[], Awaitable[None]]) -> None:
        """`paid` waits until the client has read what was sent to it."""
        self._feed = feed
        self._sink = sink
        self._writer = writer
        self._paid = paid
        self._joined: dict[str, Found] | None = None
        self._present: frozenset[str] = frozenset()
        """Those of them in which the user counts as one who follows."""
        self._user = ""

    @property
    def topics(self) -> frozenset[str]:
        """By the names that the client gave."""
        return frozenset(self._joined or ())

    async def join(self, wanted: Subscribe, caller: Caller, trace_id: str) -> None:
        """All or none, and answered. A topic that is followed already is followed once. `caller` has a principal.

        Raises InvalidData for a topic that does not exist, or more topics than a socket may follow, Forbidden without its role or where its
        handler says no, what a call raises where the handler cannot say, Unavailable where it cannot be found out what was missed; nothing
        is joined then. Raises NotKept, after the answer, for a history that is lost while it is sent: then the socket has to begin anew.
        """
        found = self._find(wanted)
        await self._check(found, caller, trace_id)
        new = found.keys() - self.topics
        self._joined = (self._joined or {}) | found
        await self._hold(new)
        after = {found[name].address: position for name, position in wanted.after.items()}
        try:
            recovered = {address for address, position in after.items() if await self._can_recover(address, position)}
        except ApiError:
            self.leave(new)
            raise
        for address in after:
            self._feed.hub.note_resumption(address.topic, is_whole=address in recovered)
        starts = [self._start(one.address, after.get(one.address), one.address in recovered) for one in found.values()]
        frame = self._writer.subscribed(wanted.topics, starts, wanted.req_id)
        self._sink.reply(self._writer.message(frame), len(frame))
        self._show(new, wanted.presence, caller)
        for address in after:
            if address in recovered:
                await self._catch_up(address, after[address])

    async def _hold(self, new: Collection[str]) -> None:
        """What nobody here follows yet is read from now on."""
        joined, reading = self._joined or {}, self._feed.reading
        topics = [joined[name].address.topic for name in new]
        for topic in topics:
            reading.hold(topic)
        for topic in set(topics):
            await reading.begin(topic)

    def _show(self, new: Collection[str], watched: Collection[str], caller: Caller) -> None:
        """From now on the user is present where he was not, and hears who else is."""
        assert caller.principal is not None
        presence, joined, self._user = self._feed.presence, self._joined or {}, caller.principal.sub
        entered = {name for name in new if presence.covers(joined[name].address.topic)}
        self._present |= entered
        for name in entered:
            presence.enter(joined[name].address, self._user)
        for name in watched:
            presence.watch(joined[name].address, self._sink, self._writer)

    def _find(self, wanted: Subscribe) -> dict[str, Found]:
        """Each once, in their order."""
        names, presence = wanted.topics, self._feed.presence
        found: dict[str, Found] = {}
        faults = []
        for index, name in enumerate(names):
            try:
                one = self._feed.topics.find(name)
            except BadFilter as error:
                faults.append(FieldError(pointer=f"/topics/{index}", message=str(error)))
                continue
            if one is None or one.address.topic not in self._feed.roles:
                faults.append(FieldError(pointer=f"/topics/{index}", message="There is no such topic."))
            else:
                found[name] = one
        faults += [
            FieldError(pointer=f"/presence/{index}", message="The topic tells nobody who follows it.")
            for index, name in enumerate(wanted.presence)
            if name in found and not (presence.covers(found[name].address.topic) and found[name].address.where is None)
        ]
        if len(self.topics | found.keys()) > MAX_FOLLOWED:
            faults.append(FieldError(pointer="/topics", message=f"One socket follows {MAX_FOLLOWED} topics at most."))
        if faults:
            raise InvalidData(errors=faults)
        return found

    async def _check(self, found: Mapping[str, Found], caller: Caller, trace_id: str) -> None:
        """Those that are followed already are asked for once more: what was answered then may have changed."""
        for name, one in found.items():
            if caller.principal is None or not admits(self._feed.roles[one.address.topic], caller.principal):
                raise Forbidden(f"The topic {name} needs a role that is missing.")
        for name, one in found.items():
            if not await self._feed.guard.admits(one, caller, trace_id):
                raise Forbidden(f"The topic {name} is not open to this user.")

    async def _can_recover(self, address: Address, after: Position) -> bool:
        """Whether all that came after it is still there. Raises Unavailable."""
        topic, hub, history = address.topic, self._feed.hub, self._feed.history
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

    def _start(self, address: Address, after: Position | None, is_recovered: bool) -> Start:
        if is_recovered:
            self._feed.hub.unsubscribe(address, self._sink, self._writer)
            return Start(address.name, after, True)
        if address.name in self.topics:
            self._feed.hub.subscribe(address, self._sink, self._writer)
        return Start(address.name, self._feed.hub.position(address.topic), False)

    async def _catch_up(self, address: Address, at: Position) -> None:
        """Sends what came after `at`, piece by piece, and joins the live events in the turn in which nothing is left. What
        went out under another name of the topic, or is not admitted by the filter, is passed over, and counts as a part of its piece."""
        while address.name in self.topics:
            left = self._feed.hub.after(address.topic, at)
            if left is not None and len(left) <= PIECE:
                self._send(address, left)
                self._feed.hub.subscribe(address, self._sink, self._writer)
                return
            piece = left[:PIECE] if left is not None else await self._read(address.topic, at)
            self._send(address, piece)
            at = Position(at.epoch, at.offset + len(piece))
            await asyncio.sleep(0)
            await self._paid()

    async def _read(self, topic: str, at: Position) -> Sequence[Recalled | Position]:
        try:
            found = await self._feed.history.read(topic, at, PIECE)
        except Unavailable as error:
            raise NotKept(topic) from error
        return [Recalled(one) if isinstance(one, Delivery) else Position(one.epoch, one.offset) for one in found]

    def _send(self, address: Address, piece: Sequence[Recalled | Position]) -> None:
        """What could not be read is missed, and said to be, under each name: nobody knows under which it went out. Where only the last event
        counts, only that of the piece is sent."""
        own = [one for one in piece if isinstance(one, Position) or one.is_heard(address)]
        for one in own[-1:] if address.topic in self._feed.hub.latest else own:
            form = (
                self._writer.missed(address.name, one)
                if isinstance(one, Position)
                else one.form(self._writer, address.name)
            )
            self._sink.reply(*form)

    def leave(self, names: Iterable[str]) -> None:
        """From now on; topics that are not followed, or do not exist, are no error."""
        for name in names:
            found = self._joined.pop(name, None) if self._joined else None
            if found is not None:
                self._feed.hub.unsubscribe(found.address, self._sink, self._writer)
                self._feed.reading.let_go(found.address.topic)
                self._depart(found)

    def _depart(self, found: Found) -> None:
        name = found.address.name
        if name in self._present:
            self._present -= {name}
            if found.address.where is None:
                self._feed.presence.unwatch(found.address, self._sink)
            self._feed.presence.leave(found.address, self._user)

    def leave_all(self) -> None:
        """So that nothing is pushed to a socket that is gone."""
        self.leave(list(self._joined or ()))

    async def review(self, caller: Caller, trace_id: str) -> bool:
        """After a refresh: what the new roles do not admit is left at once, the rest where its handler says no. False where one could
        not say: its topic is left too, and the client must hear that it is."""
        joined, principal, is_known = self._joined or {}, caller.principal, True
        roles = self._feed.roles
        self.leave([
            name for name, one in joined.items()
            if principal is None or not admits(roles[one.address.topic], principal)
        ])  # fmt: skip
        for name, one in list(joined.items()):
            try:
                is_admitted = await self._feed.guard.admits(one, caller, trace_id)
            except ApiError:
                is_admitted = is_known = False
            if not is_admitted:
                self.leave([name])
        return is_known
