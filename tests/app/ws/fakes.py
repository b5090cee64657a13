"""What the socket's tests pass in where the service has the runner, the verifier, the limiter and the rest."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.principal import Principal
from app.broadcast.broker import Address, NotKept, Position
from app.broadcast.presence import Told
from app.errors import decode
from app.execution.context import Call
from app.limits.limiter import Permit
from app.telemetry.metrics.sockets import Traffic
from app.ws.dialect import Dialect, Format, make_dialects
from generated.errors import ArtistNotFound, Forbidden, Unauthenticated, Unavailable
from generated.operations import Bucket
from generated.results import Artist, ArtistPage, PageMeta
from generated.wire import EVENT_CODECS
from generated.ws_packages import PACKAGES

REQ_ID = "0b0b0b0b-1111-4222-8333-444444444444"
OTHER_REQ_ID = "0b0b0b0b-1111-4222-8333-555555555555"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def artist(artist_id: int = 7, name: str = "Ünal") -> Artist:
    return Artist(id=artist_id, name=name, bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)


def artist_page() -> ArtistPage:
    meta = PageMeta(page=1, per_page=20, total=1, pages=1, next_cursor=None, has_more=False)
    return ArtistPage(items=[artist()], meta=meta)


def principal(
    sub: str = "ann", *, lasts_s: float = 300.0, sid: str | None = "s1", roles: str = "get-artists"
) -> Principal:
    return Principal("https://issuer.test", sub, sub, sid, frozenset(roles.split()), time.time() + lasts_s)


class FakePresence:
    """Of the topics that it covers; remembers who came and went, and who asked."""

    def __init__(self, *topics: str) -> None:
        self.topics = topics
        self.present: Counter[tuple[str, str]] = Counter()
        self.watching: list[tuple[str, Any]] = []

    def covers(self, topic: str) -> bool:
        return topic in self.topics

    def enter(self, address: Address, user: str) -> None:
        self.present[address.name, user] += 1

    def leave(self, address: Address, user: str) -> None:
        self.present[address.name, user] -= 1
        assert self.present[address.name, user] >= 0

    def watch(self, address: Address, watcher: Any, encoder: Any) -> None:
        self.watching.append((address.name, watcher))
        watcher.push(*encoder.presence(Told.PRESENT, address.name, ["ann"], 1))

    def unwatch(self, address: Address, watcher: Any) -> None:
        self.watching = [one for one in self.watching if one != (address.name, watcher)]


class FakeHandlers:
    """`get_artist` of id n takes n milliseconds; 403 is forbidden, 404 is not found and 500 a result that cannot be encoded."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.log: list[str] = []
        self.artists = SimpleNamespace(
            get_artists=self.get_artist,
            get_paginated_artists=self.get_page,
            create_artist=self.create_artist,
            get_artist=self.get_artist,
            update_artist=self.get_artist,
            delete_artist=self.delete_artist,
            may_follow_artists_by_artist_id=self.may_follow,
        )
        self.audit_log = SimpleNamespace(get_audit_logs=self.get_artist, get_audit_log=self.get_artist)

    async def get_artist(self, context: Any, request: Any) -> Any:
        await self._work("get", request.artist_id / 1000)
        if request.artist_id == 403:
            raise Forbidden()
        if request.artist_id == 404:
            raise ArtistNotFound("No 404.")
        return object() if request.artist_id == 500 else artist(request.artist_id)

    async def get_page(self, context: Any, request: Any) -> Any:
        return artist_page()

    async def create_artist(self, context: Any, request: Any) -> Any:
        await self._work("create", 0.2)
        return artist(name=request.name)

    async def delete_artist(self, context: Any, request: Any) -> None:
        return None

    async def may_follow(self, context: Any, topic: Any) -> bool:
        """Every artist but 403; of 404 it cannot be said."""
        if topic.artist_id == 404:
            raise Unavailable
        return bool(topic.artist_id != 403)

    async def _work(self, name: str, seconds: float) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await asyncio.sleep(seconds)
            self.log.append(f"{name} done")
        except asyncio.CancelledError:
            self.log.append(f"{name} cancelled")
            raise
        finally:
            self.running -= 1


class FakeRunner:
    """Refuses those who are nobody, decodes, calls; remembers the calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def run(self, call: Call) -> Any:
        self.calls.append(call)
        if call.caller.principal is None:
            raise Unauthenticated()
        context: Any = None
        return await call.method(context, decode(call.decode))


class FakeVerifier:
    def __init__(self, tokens: dict[str, Principal]) -> None:
        self.tokens = tokens
        self.asked = 0

    def cached(self, token: str) -> Principal | None:
        return None

    async def verify(self, token: str) -> Principal:
        self.asked += 1
        if token not in self.tokens:
            raise CredentialRefused(Reason.SIGNATURE)
        return self.tokens[token]


class FakeTickets:
    def __init__(self, tickets: dict[str, tuple[Principal, str | None]]) -> None:
        self.tickets = tickets

    async def redeem(self, ticket: str, origin: str | None) -> Principal | None:
        found = self.tickets.pop(ticket, None)
        return found[0] if found is not None and found[1] == origin else None


class FakeLimiter:
    """Counts per bucket; `limits` are those of the contract unless given."""

    def __init__(self, **limits: int) -> None:
        self.limits = limits
        self.taken: dict[str, int] = {}

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        count = self.taken[bucket.name] = self.taken.get(bucket.name, 0) + 1
        limit = self.limits.get(bucket.name, bucket.limit)
        return Permit(count <= limit, limit, max(0, limit - count), 7, 60)


class FakeUserSockets:
    """Counts those of each user; `most` is of one."""

    def __init__(self, most: int = 20) -> None:
        self.most = most
        self.held: Counter[str] = Counter()
        self.is_withdrawn = False

    async def enter(self, subject: str) -> bool:
        await asyncio.sleep(0)
        if self.held[subject] >= self.most:
            return False
        self.held[subject] += 1
        return True

    def leave(self, subject: str) -> None:
        self.held[subject] -= 1

    def withdraw(self) -> None:
        self.is_withdrawn = True


@dataclass
class FakeMetrics:
    opened: int = 0
    closed: list[int] = field(default_factory=list)

    refused: list[tuple[Any, str]] = field(default_factory=list)
    traffic: dict[str, Traffic] = field(default_factory=lambda: {one: Traffic() for one in Format})

    def socket_opened(self, format: str) -> None:
        self.opened += 1

    def handshake_refused(self, reason: Any, code: str) -> None:
        self.refused.append((reason, code))

    def socket_closed(self, code: int) -> None:
        self.closed.append(code)


class NoHistory:
    """A stream that has lost everything."""

    async def end(self, topic: str) -> Position:
        return Position("lost", 0)

    async def read(self, topic: str, after: Position, count: int) -> Any:
        raise NotKept(topic)


class FakeReading:
    """Reads what is held; `begun` are the topics that were waited for, in turn."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()
        self.begun: list[str] = []
        self.is_stuck = False

    def hold(self, topic: str) -> None:
        self.held[topic] += 1

    def let_go(self, topic: str) -> None:
        self.held[topic] -= 1

    async def begin(self, topic: str) -> None:
        assert self.held[topic] > 0, "it would end at once"
        self.begun.append(topic)
        if self.is_stuck:
            await asyncio.Event().wait()


@dataclass
class FakeRefusals:
    """What the door told, without who: (action, code, reason); `who` beside it: (address, subject or None)."""

    told: list[tuple[str, str, str]] = field(default_factory=list)
    who: list[tuple[str, str | None]] = field(default_factory=list)

    def __call__(
        self,
        action: str,
        code: str,
        reason: str,
        ip: str,
        user_agent: str,
        principal: Principal | None,
        trace_id: str,
    ) -> None:
        self.told.append((action, code, reason))
        self.who.append((ip, principal.sub if principal else None))


@dataclass
class FakePassages:
    """Who came, renewed and went: (action, subject, reason), and beside it for how long the socket was open then."""

    told: list[tuple[str, str, str | None]] = field(default_factory=list)
    lasted_s: list[float] = field(default_factory=list)

    def __call__(
        self,
        action: str,
        principal: Principal,
        ip: str,
        user_agent: str,
        trace_id: str,
        reason: str | None,
        lasted_s: float,
    ) -> None:
        self.told.append((action, principal.sub, reason))
        self.lasted_s.append(lasted_s)


@dataclass(frozen=True)
class FakeSettings:
    origins: tuple[str, ...] = ("https://app.test",)
    trusted_proxies: int = 0
    accepts_query_token: bool = False


def dialect(chosen: Format) -> Dialect:
    return make_dialects(PACKAGES, FakeHandlers(), EVENT_CODECS)[chosen]
