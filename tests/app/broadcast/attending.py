"""Nodes with a presence on a real Valkey, and those who watch there: each keeps the state that it was told, and refuses what does not follow from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from app.broadcast.broker import Address
from app.broadcast.hub import Message
from app.broadcast.presence import Presence, Told
from app.broadcast.presence_store import PresenceStore
from app.db.pipelined_redis import PipelinedConnection
from app.supervision.supervisor import Supervisor
from tests.redis_connections import until_up

LEASE_S, RENEW_S, GRACE_S = 3.0, 0.4, 0.8
TOPIC = "rooms/{id}"


def room(name: str) -> Address:
    return Address(TOPIC, f"rooms/{name}")


class Words:
    """A wire format whose messages are what they say."""

    def __init__(self) -> None:
        self.made = 0

    def presence(self, told: Told, name: str, users: Collection[str], count: int) -> tuple[Message, int]:
        self.made += 1
        return {"told": told, "name": name, "users": list(users), "count": count}, len(users)


class Ear:
    """One that watches; `is_idle` is whether it reads."""

    def __init__(self) -> None:
        self.is_idle = True
        self.heard: list[tuple[Told, list[str], int]] = []
        self.present: set[str] | None = None
        self.knows_all = False
        """Else there are users who have not been named, and leave all the same."""
        self.latest: list[str | None] = []

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        told, users, count = message["told"], message["users"], message["count"]
        self.heard.append((told, users, count))
        self.latest.append(latest)
        if told is Told.PRESENT:
            self.present, self.knows_all = set(users), len(users) == count
            return
        assert self.present is not None, "changes before who is there"
        is_new = [user not in self.present for user in users]
        if self.knows_all:
            assert all(is_new) if told is Told.JOINED else not any(is_new), "told twice"
        self.present = self.present | set(users) if told is Told.JOINED else self.present - set(users)


@dataclass
class Node:
    """`changes` is how many it was the first to find out."""

    pipeline: PipelinedConnection
    presence: Presence
    words: Words = field(default_factory=Words)
    changes: dict[str, int] = field(default_factory=dict)
    supervisor: Supervisor = field(default_factory=Supervisor)

    @classmethod
    async def start(cls, url: str, prefix: str, *, lease_s: float = LEASE_S, listens: bool = True) -> Node:
        pipeline = PipelinedConnection(url)
        changes: dict[str, int] = {}

        def note(change: str, count: int) -> None:
            changes[change] = changes.get(change, 0) + count

        store = PresenceStore(pipeline, lease_s=lease_s, prefix=prefix)
        presence = Presence(store, {TOPIC}, on_change=note, renew_s=RENEW_S, grace_s=GRACE_S)
        node = cls(pipeline, presence, changes=changes)
        node.supervisor.start("redis-connection", pipeline.run)
        await until_up(pipeline)
        node.supervisor.start("presence", presence.run)
        if listens:
            node.supervisor.start("presence-changes", presence.listen)
        return node

    def follow(self, user: str, name: str = "a") -> None:
        self.presence.enter(room(name), user)

    def leave(self, user: str, name: str = "a") -> None:
        self.presence.leave(room(name), user)

    def watch(self, user: str, name: str = "a") -> Ear:
        """One of the user's sockets, which asks who is there."""
        self.follow(user, name)
        ear = Ear()
        self.presence.watch(room(name), ear, self.words)
        return ear

    async def die(self) -> None:
        """Without a word."""
        await self.supervisor.stop()
