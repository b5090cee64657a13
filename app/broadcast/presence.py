"""Who is present: a user is as long as one of his sockets, at any node, follows the name. Tells those who asked, on this node.

Promises: each who asked hears who is there and then each change, in an order that leads from one to the next; a user joins and leaves once, however
many sockets he has; a node that dies is found out within LEASE_S + RENEW_S + GRACE_S; a Redis that was away, or has forgotten, makes nobody leave who
is still there. A slow one hears who is there instead of what has changed. Asks nobody for rights.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import structlog
from redis.exceptions import RedisError

from app.broadcast.broker import Address
from app.broadcast.hub import Message, Subscriber
from app.broadcast.presence_store import PIECE, Answer, PresenceStore
from app.broadcast.presence_view import MAX_TOLD, Change, View
from app.db.pipelined_redis import RedisUnavailable

LEASE_S = 15.0
"""What a node holds counts for so long after it last said so."""
RENEW_S = 5.0
GRACE_S = 8.0
"""After Redis was away, or has forgotten: within it each node that lives has said what it holds."""
AGAIN_S = 0.5
WITHDRAW_S = 1.0
BATCH = 50
"""Names of one turn: their commands go out together."""

logger = structlog.get_logger(__name__)


class Told(Enum):
    """What a frame says of its users. The value is what counts them in metrics."""

    PRESENT = "present"
    """They are there, and nobody else, but for those beyond MAX_TOLD."""
    JOINED = "joined"
    LEFT = "left"


class PresenceEncoder(Protocol):
    """One for each wire format, as `app.broadcast.hub.Encoder`."""

    def presence(self, told: Told, name: str, users: Collection[str], count: int, /) -> tuple[Message, int]:
        """`count` is of all who are present now."""


class Watcher(Subscriber, Protocol):
    @property
    def is_idle(self) -> bool:
        """Nothing waits for it."""


@dataclass(slots=True)
class _Watching:
    encoder: PresenceEncoder
    is_told: bool = False
    """It has heard who is there."""


@dataclass(slots=True)
class _Room:
    """One name, as long as somebody follows it here."""

    held: dict[str, int] = field(default_factory=dict)
    """Sockets of each user, here."""
    untold: dict[str, None] = field(default_factory=dict)
    """Users of whom the store may know otherwise, the longest so first."""
    watching: dict[Watcher, _Watching] = field(default_factory=dict)
    view: View | None = None
    """While somebody watches."""


class Presence:
    """One per worker. Of topics that are not in `topics` nothing is kept. `on_change(told, count)` hears what this node has found out before any other,
    `left` also for who was lost with a node. Who enters leaves once; nobody waits."""

    def __init__(
        self,
        store: PresenceStore,
        topics: Collection[str],
        *,
        on_change: Callable[[str, int], None] = lambda change, count: None,
        renew_s: float = RENEW_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self._store = store
        self._topics = topics
        self._on_change = on_change
        self._renew_s = renew_s
        self._grace_s = grace_s
        self._rooms: dict[str, _Room] = {}
        self._due: dict[str, None] = {}
        self._has_news = asyncio.Event()
        self._is_settled = asyncio.Event()
        """All that was due is done."""
        self._reached_s: tuple[float, float] | None = None
        """Since when the store has answered each time, and when it last did."""
        self._is_leaving = False

    @property
    def held(self) -> int:
        """Users times the names that they follow here."""
        return sum(len(room.held) for room in self._rooms.values())

    @property
    def is_needed(self) -> bool:
        """Whether any topic has one."""
        return bool(self._topics)

    def covers(self, topic: str) -> bool:
        """Whether the contract says that it has a presence."""
        return topic in self._topics

    def enter(self, address: Address, user: str) -> None:
        """One more socket of the user follows the name."""
        room = self._rooms.setdefault(address.plain, _Room())
        room.held[user] = room.held.get(user, 0) + 1
        if room.held[user] == 1:
            self._note(address.plain, room, user)

    def leave(self, address: Address, user: str) -> None:
        """One less."""
        room = self._rooms[address.plain]
        room.held[user] -= 1
        if not room.held[user]:
            del room.held[user]
            self._note(address.plain, room, user)

    def watch(self, address: Address, watcher: Watcher, encoder: PresenceEncoder) -> None:
        """Its user has entered. It is told who is there as soon as that is known, again if it watches already, and then each change."""
        room = self._rooms[address.plain]
        if room.view is None:
            room.view = View(self._grace_s)
        room.watching[watcher] = _Watching(encoder)
        self._call(address.plain)

    def unwatch(self, address: Address, watcher: Watcher) -> None:
        """One that does not watch is no error."""
        room = self._rooms.get(address.plain)
        if room is None or watcher not in room.watching:
            return
        del room.watching[watcher]
        if not room.watching:
            room.view = None
            self._call(address.plain)

    def _note(self, name: str, room: _Room, user: str) -> None:
        room.untold[user] = None
        self._call(name)

    def _call(self, name: str) -> None:
        self._due[name] = None
        self._has_news.set()

    # The store

    async def run(self) -> None:
        """Does not return; runs under the supervisor."""
        loop = asyncio.get_running_loop()
        turn_at = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(turn_at):
                    await self._has_news.wait()
            self._has_news.clear()
            if loop.time() >= turn_at:
                turn_at = loop.time() + self._renew_s
                self._due |= dict.fromkeys(self._rooms)
            try:
                await self.work()
            except RedisUnavailable:
                self._reached_s = None
                await asyncio.sleep(AGAIN_S)
                self._has_news.set()
            else:
                self._is_settled.set()

    async def work(self) -> None:
        """Does what is due, or finds out whether the store answers. Raises RedisUnavailable, and the rest is due still."""
        if not self._due:
            await self._store.touch()
            self._note_contact()
        while self._due:
            names = list(self._due)[:BATCH]
            for name in names:
                del self._due[name]
            ends = await asyncio.gather(*map(self._sync, names), return_exceptions=True)
            for end in ends:
                if end is not None:
                    raise end

    async def withdraw(self) -> None:
        """The node ends: nobody is present here any more. As far as Redis answers in time, and `run` runs."""
        self._is_leaving = True
        for name, room in self._rooms.items():
            room.untold |= dict.fromkeys(room.held)
            self._call(name)
        if self._due:
            self._is_settled.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(WITHDRAW_S):
                    await self._is_settled.wait()

    async def listen(self) -> None:
        """Does not return; runs under the supervisor. Without it changes elsewhere are found out at the next turn."""
        while True:
            watched = [name for name, room in self._rooms.items() if room.view is not None]
            try:
                await self._store.listen(watched, self._hear)
            except (RedisError, OSError) as error:
                logger.warning("presence.listening_failed", error=type(error).__name__)
            await asyncio.sleep(AGAIN_S)

    def _hear(self, name: str, epoch: str, revision: int) -> None:
        room = self._rooms.get(name)
        if room is None or room.view is None:
            return
        read = room.view.read
        if epoch != read.epoch or revision > read.revision:
            self._call(name)

    async def _sync(self, name: str) -> None:
        """One step of one name; what is left of it is due again."""
        room = self._rooms.get(name)
        if room is None:
            return
        view, users = room.view, list(room.untold)[:PIECE]
        for user in users:
            del room.untold[user]
        try:
            await self._listen_to(name, view)
            answer = await self._store.sync(
                name,
                [(user, user in room.held and not self._is_leaving) for user in users],
                None if view is None else view.read,
                stays=bool(room.held) and not self._is_leaving,
                may_sweep=self._may_sweep(),
            )
        except BaseException:
            room.untold |= dict.fromkeys(users)
            self._due[name] = None
            raise
        self._note_contact()
        self._count(answer)
        if answer.is_lease_new and not self._is_leaving:
            room.untold |= {user: None for user in room.held if user not in users}
        if view is not None and view is room.view:
            self._show(name, room, view, view.take(answer, asyncio.get_running_loop().time()))
        if room.untold or answer.may_sweep_more or (room.view is not None and not answer.is_whole):
            self._call(name)
        elif not room.held and not room.watching:
            del self._rooms[name]

    async def _listen_to(self, name: str, view: View | None) -> None:
        if view is None:
            await self._store.ignore(name)
        elif not view.is_loaded:
            await self._store.hear(name)

    def _may_sweep(self) -> bool:
        """Only who has seen the store answer for a while can tell a node that died from a store that nobody reached."""
        if self._reached_s is None:
            return False
        since_s, last_s = self._reached_s
        return last_s - since_s >= self._grace_s and asyncio.get_running_loop().time() - last_s < 2 * self._renew_s

    def _note_contact(self) -> None:
        now_s = asyncio.get_running_loop().time()
        since_s, last_s = self._reached_s or (now_s, now_s)
        self._reached_s = (since_s if now_s - last_s < 2 * self._renew_s else now_s), now_s

    def _count(self, answer: Answer) -> None:
        for change, count in (("joined", answer.joined), ("left", answer.left), ("lost", answer.lost)):
            if count:
                self._on_change(change, count)

    # Those who watch

    def _show(self, name: str, room: _Room, view: View, change: Change) -> None:
        forms = _Forms(name, view, change)
        for watcher, watching in room.watching.items():
            if watching.is_told and change:
                forms.tell(watcher, watching.encoder)
            elif not watching.is_told and view.is_loaded and not room.untold:
                watching.is_told = True
                forms.tell_all(watcher, watching.encoder)


class _Forms:
    """What has changed under one name, each form of it made once."""

    def __init__(self, name: str, view: View, change: Change) -> None:
        self._name = name
        self._view = view
        self._change = change
        self._is_short = len(change.joined) + len(change.left) <= MAX_TOLD
        self._made: dict[tuple[PresenceEncoder, Told], tuple[Message, int]] = {}

    def tell(self, watcher: Watcher, encoder: PresenceEncoder) -> None:
        """To one that has not read what came before, or where it is much, who is there: that alone can take the place of another."""
        if not self._is_short or not watcher.is_idle:
            self.tell_all(watcher, encoder)
            return
        if self._change.joined:
            watcher.push(*self._form(encoder, Told.JOINED, self._change.joined))
        if self._change.left:
            watcher.push(*self._form(encoder, Told.LEFT, self._change.left))

    def tell_all(self, watcher: Watcher, encoder: PresenceEncoder) -> None:
        watcher.push(*self._form(encoder, Told.PRESENT, self._view.first()), latest=f"presence of {self._name}")

    def _form(self, encoder: PresenceEncoder, told: Told, users: Collection[str]) -> tuple[Message, int]:
        made = self._made.get((encoder, told))
        if made is None:
            made = self._made[encoder, told] = encoder.presence(told, self._name, users, self._view.count)
        return made
