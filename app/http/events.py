"""Topics over HTTP, as server-sent events, for networks that let no socket through: `GET /events?topic=…`.

Promises: what follows topics here is what follows them at sockets, so that roles, resumption and what is told of a loss are the same; an
`id` is a place in all topics of the stream, and the next request goes on after it; a stream ends with its token, with its session and
with its node. What waits for its reader is bounded. No operation of the contract: it answers any number of events, and the contract's
channel says which.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.admission.streams import OpenStreams, Resting
from app.auth.credentials import extract_token
from app.auth.principal import Principal
from app.broadcast.broker import NotKept, Position
from app.broadcast.hub import MAX_WAITING_BYTES
from app.execution.address import client_ip
from app.execution.context import Caller, Door
from app.http.answer import OK, SECURITY, send_problem
from app.http.event_places import Places
from app.http.message import fields_of, user_agent_of
from app.http.negotiation import SSE, check_acceptable
from app.http.refusals import Refusals
from app.limits.limiter import Limiter, spend
from app.telemetry.correlation import current_trace_id
from generated.errors import ApiError, InvalidData, Unauthenticated
from generated.results import FieldError

PATH = "/events"
MAX_TOPICS = 16
"""Of one stream: the places in all of them fit into a field of a head."""
PIECE_BYTES = 65_536
"""Written at once; a reader that takes less than 32 KiB of it in 30 s is cut by the guard."""
BEAT_S = 15.0
"""Silence: proxies end what says nothing for a minute."""
LOOK_S = 1.0
"""How often the end of a token, of a session and of the node is looked for."""
RETRY_MS = (1000, 5000)
"""Drawn: when a client that was cut off asks again, so that those who were cut together do not come together."""

Message = MutableMapping[str, Any]


class Following(Protocol):
    """As `app.ws.subscriptions`."""

    async def join(
        self, topics: list[str], after: Mapping[str, Position], presence: list[str], caller: Caller, trace_id: str
    ) -> None: ...
    def leave_all(self) -> None: ...


class Sink(Protocol):
    """What `Following` fills: neither method waits."""

    @property
    def is_idle(self) -> bool: ...
    def push(self, message: Message, size: int, latest: str | None = None) -> None: ...
    def reply(self, message: Message, size: int) -> None: ...


Follow = Callable[[Sink, Callable[[], Awaitable[None]]], Following]
"""Makes one for a sink, and for what waits until the sink was read."""


class Verifier(Protocol):
    def cached(self, token: str) -> Principal | None: ...
    async def verify(self, token: str) -> Principal: ...


@dataclass(slots=True)
class Part:
    """A message that waits: its text, and where its reader is behind it."""

    body: bytes
    places: Sequence[tuple[str, Position]]
    latest: str | None
    """Under which another event may take its place while it waits."""


class Outbox:
    """What waits for one reader, as it goes over the wire: each event with its place behind those before it."""

    def __init__(self, topics: list[str], after: Mapping[str, Position]) -> None:
        self._places = Places(topics, after)
        self._parts: deque[Part] = deque()
        self._latest: dict[str, Part] = {}
        self._bytes = 0
        self._changed = asyncio.Event()
        self._paid = asyncio.Event()
        self._paid.set()
        self.is_over = False
        """More waits than may: nothing is taken any more."""

    @property
    def is_idle(self) -> bool:
        """Nothing waits for its reader."""
        return not self._parts

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        """An event; it takes the place of one that waits under the same `latest`. Beyond 1 MiB the stream is over."""
        replaced = self._latest.get(latest) if latest is not None else None
        if self._bytes + size - (len(replaced.body) if replaced else 0) > MAX_WAITING_BYTES:
            self.is_over = True
            self._changed.set()
            self._paid.set()
        elif replaced is not None:
            self._bytes += size - len(replaced.body)
            replaced.body, replaced.places = message["body"], message["places"]
        else:
            self._enter(message, latest)

    def reply(self, message: Message, size: int) -> None:
        """What is told, however much waits: who tells much asks `paid` in between. No event passes it."""
        self._latest.clear()
        self._enter(message, None)

    def _enter(self, message: Message, latest: str | None) -> None:
        if self.is_over:
            return
        part = Part(message["body"], message["places"], latest)
        self._parts.append(part)
        if latest is not None:
            self._latest[latest] = part
        self._bytes += len(part.body)
        self._paid.clear()
        self._changed.set()

    async def paid(self) -> None:
        """All that waited was written."""
        await self._paid.wait()

    async def has_begun(self) -> None:
        await self._changed.wait()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Until it is over; a comment after each 15 s of silence."""
        while True:
            try:
                async with asyncio.timeout(BEAT_S):
                    await self._changed.wait()
            except TimeoutError:
                yield b":\n\n"
                continue
            if self.is_over:
                return
            yield self._take()
            if not self._parts:
                self._changed.clear()
                self._paid.set()

    def _take(self) -> bytes:
        piece = bytearray()
        while self._parts and len(piece) < PIECE_BYTES:
            part = self._parts.popleft()
            self._bytes -= len(part.body)
            if part.latest is not None and self._latest.get(part.latest) is part:
                del self._latest[part.latest]
            for topic, position in part.places:
                self._places.move(topic, position)
            piece += b"id: %b\n%b\n" % (self._places.text, part.body)
        return bytes(piece)


class Ended(Protocol):
    """As `app.auth.ended_sessions`."""

    def has_ended(self, principal: Principal) -> bool: ...


class Readiness(Protocol):
    """As `app.supervision.readiness`."""

    @property
    def is_withdrawn(self) -> bool: ...


class Shares(Protocol):
    """As `app.admission.shares`."""

    @property
    def streams(self) -> OpenStreams: ...


class Node(Protocol):
    """What all streams of a worker share, as `app.wiring.Service` has it."""

    @property
    def verifier(self) -> Verifier: ...
    @property
    def limiter(self) -> Limiter: ...
    @property
    def ended(self) -> Ended: ...
    @property
    def readiness(self) -> Readiness: ...
    @property
    def shares(self) -> Shares: ...
    @property
    def gate(self) -> Resting: ...


class Settings(Protocol):
    @property
    def drain_s(self) -> int: ...
    @property
    def trusted_proxies(self) -> int: ...


class EventStreams:
    """`answer` is the route. One per worker."""

    def __init__(self, node: Node, follow: Follow, refusals: Refusals, settings: Settings) -> None:
        self.follow = follow
        self.refusals = refusals
        self.trusted_proxies = settings.trusted_proxies
        self.spread_s = settings.drain_s
        """How long the streams of a node that ends have to go elsewhere."""
        self.node = node

    async def answer(self) -> Response:
        return EventStream(self)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that may be answered: who follows what, and from where."""

    caller: Caller
    principal: Principal
    trace_id: str
    topics: list[str]
    after: dict[str, Position]
    presence: list[str]
    """Topics of which it is told who follows them."""


class EventStream(Response):
    """The answer of one request; an ASGI application, as Starlette calls it."""

    def __init__(self, all_streams: EventStreams) -> None:
        super().__init__()
        self._all = all_streams
        self._node = all_streams.node

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace_id = current_trace_id()
        try:
            asked = await self._read(scope, trace_id)
            with self._node.shares.streams.place(asked.principal.subject, asked.caller.address, self._node.gate):
                await self._serve(asked, receive, send)
        except ApiError as error:
            self._all.refusals.note(scope, error, trace_id)
            await send_problem(send, error, trace_id)

    async def _read(self, scope: Scope, trace_id: str) -> Asked:
        headers = fields_of(scope["headers"])
        caller = Caller(None, client_ip(scope, self._all.trusted_proxies), user_agent_of(headers), Door.HTTP)
        caller.principal = principal = await self._principal(scope, caller.address)
        check_acceptable(headers, (SSE,))
        topics, presence = _read_query(scope["query_string"])
        after = Places.read(topics, headers.get(b"last-event-id", b""))
        return Asked(caller, principal, trace_id, topics, after, presence)

    async def _principal(self, scope: Scope, address: str) -> Principal:
        """A stream that begins costs its address what a socket does."""
        node = self._node
        await spend(node.limiter, "handshakes", address)
        try:
            token = extract_token(scope["headers"])
            return node.verifier.cached(token) or await node.verifier.verify(token)
        except Unauthenticated:
            await spend(node.limiter, "unauthenticated", address)
            raise

    async def _serve(self, asked: Asked, receive: Receive, send: Send) -> None:
        """Raises what refuses the topics, before anything was sent."""
        outbox = Outbox(asked.topics, asked.after)
        following = self._all.follow(outbox, outbox.paid)
        join = following.join(asked.topics, asked.after, asked.presence, asked.caller, asked.trace_id)
        try:
            async with (
                _ended_after(join) as joining,
                _ended_after(outbox.has_begun()) as beginning,
            ):
                await asyncio.wait([joining, beginning], return_when=asyncio.FIRST_COMPLETED)
                if not beginning.done():
                    joining.result()
                await _begin(send)
                reason = await self._write(asked.principal, outbox, joining, receive, send)
                if reason:
                    last_part = b'event: end\ndata: {"reason":"%b"}\n\n' % reason.encode()
                    await send({"type": "http.response.body", "body": last_part})
        finally:
            following.leave_all()

    async def _write(
        self, principal: Principal, outbox: Outbox, joining: asyncio.Future[None], receive: Receive, send: Send
    ) -> str:
        """Why it ends; empty where nobody is there to hear it."""
        async with (
            _ended_after(_gone(receive)) as gone,
            _ended_after(self._lasting(principal)) as lasting,
            _ended_after(_pour(outbox, send)) as writing,
        ):
            ends: set[asyncio.Future[Any]] = {gone, lasting, writing}
            waited = ends | {joining}
            while not any(one.done() for one in ends):
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                if joining.done():
                    if why := _why(joining):
                        return why
                    waited = ends
            if gone.done():
                return ""
            if lasting.done():
                return str(lasting.result())
            writing.result()
            return "slow_consumer"

    async def _lasting(self, principal: Principal) -> str:
        node = self._node
        while not node.readiness.is_withdrawn:
            if node.ended.has_ended(principal):
                return "session_ended"
            left_s = principal.expires_at - time.time()
            if left_s <= 0:
                return "token_expired"
            await asyncio.sleep(min(LOOK_S, left_s))
        await asyncio.sleep(random.uniform(0, self._all.spread_s))
        return "service_restart"


def _why(joining: asyncio.Future[None]) -> str:
    """What was to be caught up with is not there any more: the next request says what is missed."""
    try:
        joining.result()
    except (NotKept, ApiError):
        return "history_lost"
    return ""


def _read_query(query: bytes) -> tuple[list[str], list[str]]:
    """The topics, and those of them of which is told who follows."""
    try:
        found = parse_qs(query.decode("ascii"), strict_parsing=bool(query), errors="strict")
    except ValueError:
        found = {}
    topics, presence = (list(dict.fromkeys(found.get(name, []))) for name in ("topic", "presence"))
    if not 1 <= len(topics) <= MAX_TOPICS:
        raise InvalidData(errors=[FieldError(pointer="/topic", message=f"1 to {MAX_TOPICS} topics are needed.")])
    if not set(presence) <= set(topics):
        raise InvalidData(errors=[FieldError(pointer="/presence", message="These are none of the topics.")])
    return topics, presence


async def _begin(send: Send) -> None:
    headers = [*SECURITY, (b"content-type", SSE.encode()), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": OK, "headers": headers})
    first = b"retry: %d\n\n" % random.randint(*RETRY_MS)
    await send({"type": "http.response.body", "body": first, "more_body": True})


async def _pour(outbox: Outbox, send: Send) -> None:
    async for piece in outbox.pieces():
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@asynccontextmanager
async def _ended_after(running: Any) -> AsyncIterator[asyncio.Future[Any]]:
    """A task that does not outlive the block."""
    task = asyncio.ensure_future(running)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
