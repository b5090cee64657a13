"""The WebSocket door: an ASGI endpoint that admits a socket or refuses it over HTTP, then hands it to its connection.

Promises: refusals are problem+json before the upgrade; no credential stays in the scope, and so in no access log; sockets that
have yet to authenticate are at most 20 per address. Meant for uvicorn with `--ws websockets-sansio`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

import msgspec

from app.admission.gate import Gate
from app.auth.ended_sessions import nobody_s
from app.auth.principal import Principal
from app.broadcast.broker import History, Reading
from app.broadcast.hub import Hub, Message
from app.broadcast.topics import Topics
from app.errors import problem
from app.execution.address import client_ip, limit_key
from app.execution.context import Door
from app.limits.limiter import Limiter
from app.telemetry.correlation import CURRENT, HEADER, Correlation, trace_id_among
from app.telemetry.metrics.sockets import Traffic
from app.ws.connection import Connection, Receive
from app.ws.departure import Departure
from app.ws.dialect import make_dialects
from app.ws.frames import JsonWriter
from app.ws.guard import TopicGuard
from app.ws.handshake import Admission, Handshake, HandshakeSettings, Redeemer, Scope, Verifier, user_agent_of
from app.ws.outbox import ABNORMAL
from app.ws.refusals import Attempt, OnPassage, OnRefusal, reason_of
from app.ws.sending import Send
from app.ws.services import Runner, Services, UserSockets
from app.ws.subscriptions import Feed, Presence, topic_roles
from app.ws.topic_streams import Reader, SseWriter, TopicStream
from generated.bindings import Guard, Package
from generated.errors import ApiError, RateLimited, UnknownOperation
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION, EVENTS, TOPICS
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS

MAX_PENDING_PER_IP = 20
"""Sockets that have yet to authenticate, of one address or IPv6 /64."""
PENDING_RETRY_S = 5
GONE_WITHIN_S = 1.0
"""How long a refused handshake waits for its connection to end."""
SECRET_HEADERS = frozenset({b"authorization", b"sec-websocket-protocol", b"cookie"})
"""Taken out of the scope when the credential has been read."""
SECURITY = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
CONTRACT_HEADER = (b"stele-contract", f"{CONTRACT_VERSION};{CONTRACT_HASH}".encode())


class SocketMetrics(Protocol):
    """As `app.telemetry.metrics.sockets`. Each opened socket is closed once, with the code that the peer was given or gave; 1006
    where it only vanished (RFC 6455 §7.1.5)."""

    @property
    def traffic(self) -> Mapping[str, Traffic]: ...
    def socket_opened(self, format: str) -> None: ...
    def socket_closed(self, code: int) -> None: ...
    def handshake_refused(self, reason: Any, code: str) -> None: ...


class SocketDoor:
    """The ASGI application of `/web`, one per worker; returns when the socket has ended and its commands have, too.
    `clock` is the wall clock. At most 20 sockets of one address, or one IPv6 /64, may be without a credential at a
    time."""

    def __init__(
        self,
        *,
        runner: Runner,
        handlers: Any,
        packages: Mapping[int, Package],
        guards: Mapping[str, Guard],
        verifier: Verifier,
        tickets: Redeemer,
        limiter: Limiter,
        user_sockets: UserSockets,
        hub: Hub,
        history: History,
        reading: Reading,
        presence: Presence,
        metrics: SocketMetrics,
        settings: HandshakeSettings,
        on_refusal: OnRefusal,
        on_passage: OnPassage,
        gate: Gate,
        has_ended: Callable[[Principal], bool] = nobody_s,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._handshake = Handshake(verifier=verifier, tickets=tickets, limiter=limiter, settings=settings)
        self._dialects = make_dialects(packages, handlers, EVENT_CODECS)
        self._feed = Feed(
            hub,
            history,
            reading,
            Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS),
            topic_roles(EVENTS.values()),
            TopicGuard(runner, handlers, guards),
            presence,
        )
        self._sse = SseWriter(JsonWriter(EVENT_CODECS))
        traffic = metrics.traffic
        self._services = Services(
            runner, verifier, limiter, self._feed, on_refusal, on_passage, gate, user_sockets, traffic, clock
        )
        self._has_ended = has_ended
        self._trusted_proxies = settings.trusted_proxies
        self._metrics = metrics
        self._clock = clock
        self._pending: dict[str, int] = {}
        self._open: dict[Connection, tuple[str, float]] = {}
        self.departure = Departure(self._open.keys, on_begin=user_sockets.withdraw)
        """Sends all of them away, when the worker ends."""

    def follow(self, reader: Reader, paid: Callable[[], Awaitable[None]]) -> TopicStream:
        """The node's topics for a reader that is no socket."""
        return TopicStream(self._feed, self._sse, reader, paid)

    def connections(self) -> list[dict[str, Any]]:
        """The open sockets, for who runs the node: who, by which subprotocol, since when (seconds since 1970), with what."""
        return [
            {**one.describe(), "subprotocol": subprotocol, "since": round(since, 3)}
            for one, (subprotocol, since) in self._open.items()
        ]

    @property
    def waiting_bytes(self) -> int:
        """Of events that wait for their sockets; a look at thousands takes some milliseconds."""
        return sum(one.outbox.event_bytes for one in self._open)

    def review(self) -> None:
        """When more sessions have ended: theirs are closed with 4504 in this turn of the loop (D7). A look at thousands takes some
        milliseconds."""
        for connection in list(self._open):
            connection.close_if_ended(self._has_ended)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        trace_id = trace_id_among(scope["headers"])
        CURRENT.set(Correlation(trace_id, door=Door.WEBSOCKET))
        try:
            admission = await self._admit(scope)
        except ApiError as error:
            await self._refuse(scope, receive, send, error, trace_id)
            return
        scope["headers"] = []  # They are read no more, and the server keeps the scope for the life of the socket.
        CURRENT.set(Correlation(trace_id, door=Door.WEBSOCKET, caller=admission.principal))
        await self._serve(admission, trace_id, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: ApiError, trace_id: str) -> None:
        self._metrics.handshake_refused(getattr(error, "reason", None), error.code)
        ip, user_agent = client_ip(scope, self._trusted_proxies), user_agent_of(scope)
        self._services.on_refusal(Attempt.HANDSHAKE, error.code, reason_of(error), ip, user_agent, None, trace_id)
        await _answer(scope, receive, send, error, trace_id)

    async def _admit(self, scope: Scope) -> Admission:
        try:
            admission = await self._handshake.admit(scope)
        finally:
            _scrub(scope)
        if admission.principal is None:
            key = limit_key(admission.ip)
            waiting = self._pending.get(key, 0)
            if waiting >= MAX_PENDING_PER_IP:
                raise RateLimited(retry_after_s=PENDING_RETRY_S)
            self._pending[key] = waiting + 1
        return admission

    async def _serve(self, admission: Admission, trace_id: str, receive: Receive, send: Send) -> None:
        """The socket counts as closed as soon as it is, although its commands may still run."""
        dialect = self._dialects[admission.format]
        settle = partial(self._release, limit_key(admission.ip)) if admission.principal is None else None
        connection = Connection(self._services, dialect, admission, send, settle)
        headers = [CONTRACT_HEADER, (HEADER, trace_id.encode())]
        code = ABNORMAL
        self._metrics.socket_opened(admission.format)
        try:
            await send({"type": "websocket.accept", "subprotocol": admission.subprotocol, "headers": headers})
            self._open[connection] = admission.subprotocol or admission.format.subprotocol, self._clock()
            connection.close_if_ended(self._has_ended)  # Between its handshake and now.
            code = await connection.serve(receive)
        finally:
            connection.settle()
            self._open.pop(connection, None)
            self._metrics.socket_closed(code)
            await connection.finish()

    def _release(self, key: str) -> None:
        left = self._pending[key] - 1
        if left:
            self._pending[key] = left
        else:
            del self._pending[key]


async def no_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """What answers a handshake where the contract has no socket: 404."""
    if (await receive())["type"] == "websocket.connect":
        await _answer(scope, receive, send, UnknownOperation(), trace_id_among(scope["headers"]))


async def _answer(scope: Scope, receive: Receive, send: Send, error: ApiError, trace_id: str) -> None:
    """Where the server has no HTTP refusals, its own 403 must do.

    uvicorn logs an error for an endpoint that returns before the refused connection is gone; hence the wait.
    """
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    body = msgspec.json.encode(problem(error, trace_id))
    headers = [(b"content-type", b"application/problem+json"), *SECURITY, CONTRACT_HEADER, (HEADER, trace_id.encode())]
    if error.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if error.retry_after_s is not None:
        headers.append((b"retry-after", str(error.retry_after_s).encode()))
    start: Message = {"type": "websocket.http.response.start", "status": error.status, "headers": headers}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": body})
    with suppress(TimeoutError):
        async with asyncio.timeout(GONE_WITHIN_S):
            for _ in range(2):
                await receive()


def _scrub(scope: Scope) -> None:
    """The server logs the path with the query, and keeps the scope for the life of the socket."""
    scope["query_string"] = b""
    scope["subprotocols"] = []
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in SECRET_HEADERS]
