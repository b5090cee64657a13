"""The life of one accepted socket: reads frames, runs each in a task, and ends what must not outlive the socket.

Promises: at most 32 requests run at once, and while they do nothing is read; nothing runs after the token's `exp`; at the end
queries are cancelled and commands run to theirs. Decides nothing about an operation: the runner does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog

from app.auth.credentials import parse_bearer
from app.auth.principal import Principal
from app.broadcast.hub import Hub, Message
from app.execution.context import Call, Caller, Door
from app.limits.limiter import Limiter
from app.ws.dialect import Dialect
from app.ws.envelope import Authenticate, Cancel, ControlId, Subscribe, Unsubscribe
from app.ws.expiry import Expiry, Stages
from app.ws.handshake import Admission, Verifier, note_denial
from app.ws.outbox import ABNORMAL, Outbox, Send
from app.ws.session import Action, Close, Invoke, Reply, Running, Session
from app.ws.subscriptions import Subscriptions
from generated.errors import ApiError, CloseCode, Internal, RateLimited, Unauthenticated
from generated.operations import Idempotency, Roles

AUTH_TIMEOUT_S = 5.0

Receive = Callable[[], Awaitable[Message]]

logger = structlog.get_logger(__name__)


class Runner(Protocol):
    async def run(self, call: Call) -> Any:
        """Returns the typed result or raises ApiError."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all sockets of a node share. `clock` is the wall clock, in which tokens state their `exp`."""

    runner: Runner
    verifier: Verifier
    limiter: Limiter
    hub: Hub
    topic_roles: dict[str, Roles]
    clock: Callable[[], float]


class Connection:
    """`on_settled` is called once: when the first frame has authenticated, or when the socket ends without."""

    __slots__ = (
        "_caller",
        "_expiry",
        "_identity",
        "_loop",
        "_on_settled",
        "_room",
        "_services",
        "_session",
        "_subscriptions",
        "outbox",
    )

    def __init__(
        self,
        services: Services,
        dialect: Dialect,
        admission: Admission,
        send: Send,
        on_settled: Callable[[], None] | None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._services = services
        self._session = Session(dialect, self._loop.time)
        self._caller = Caller(admission.principal, admission.ip, admission.user_agent, Door.WEBSOCKET)
        self._identity = admission.principal
        self._on_settled = on_settled
        self._room: asyncio.Future[None] | None = None
        self.outbox = Outbox(send, self._loop)
        self._expiry = Expiry(self._loop, Stages(self._warn, self._revoke, self._close_expired))
        self._subscriptions = Subscriptions(services.hub, services.topic_roles, self.outbox, dialect.writer.push)

    async def serve(self, receive: Receive) -> int:
        """Until the socket ends, for whatever reason; returns its close code. Commands may still run: see `finish`."""
        self._start_credential()
        code = ABNORMAL
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    code = message.get("code", ABNORMAL)
                    break
                if self.outbox.close_code is None:
                    text = message.get("text")
                    await self._act(self._session.feed(message["bytes"] if text is None else text))
                    if self._session.is_full:
                        await self._wait_for_room()
        finally:
            self._expiry.stop()
            self._subscriptions.leave_all()
            self.outbox.mark_gone(code)
        return self.outbox.close_code or code

    async def finish(self) -> None:
        """Cancels the queries and waits for the commands: what may have changed something is not torn apart."""
        requests = list(self._session.in_flight.values())
        for request in requests:
            if request.is_query:
                request.task.cancel()
        if requests:
            await asyncio.wait([request.task for request in requests])

    def settle(self) -> None:
        if self._on_settled is not None:
            self._on_settled()
            self._on_settled = None

    def _start_credential(self) -> None:
        if self._identity is not None:
            self._accept(self._identity)
        else:
            self._loop.call_later(AUTH_TIMEOUT_S, self._close_unauthenticated)

    async def _act(self, action: Action) -> None:
        if self._identity is None and not isinstance(action, Authenticate):
            self._refuse_and_close(Unauthenticated("The first frame must authenticate."), None, None)
            return
        match action:
            case Invoke():
                self._invoke(action)
            case Reply(frame):
                self._push(frame)
            case Close(code, reason, frame):
                if frame is not None:
                    self._push(frame)
                self.outbox.close(code, reason)
            case Cancel(req_id):
                self._cancel(req_id)
            case Authenticate():
                await self._authenticate(action)
            case Subscribe() | Unsubscribe():
                self._change_topics(action)

    # Requests

    def _invoke(self, invoke: Invoke) -> None:
        package = invoke.package
        is_keyed = package.operation.idempotency is Idempotency.KEY
        call = Call(
            package.operation,
            package.method,
            partial(package.decode, invoke.data),
            self._caller,
            self._session.next_trace_id(),
            invoke.timeout_s,
            invoke.req_id if is_keyed else None,
        )
        task = self._loop.create_task(self._run(invoke, call))
        self._session.in_flight[invoke.req_id] = Running(task, package.operation.is_query)

    async def _run(self, invoke: Invoke, call: Call) -> None:
        try:
            frame = self._session.reply(invoke, await self._services.runner.run(call))
        except ApiError as error:
            frame = self._session.refuse(error, invoke.pkg_id, invoke.req_id, call.trace_id)
        except Exception:
            logger.exception("reply.not_encoded", operation=call.operation.name, trace_id=call.trace_id)
            frame = self._session.refuse(Internal(), invoke.pkg_id, invoke.req_id, call.trace_id)
        finally:
            self._make_room(invoke.req_id)
        self._push(frame)

    def _cancel(self, req_id: str) -> None:
        """A task that has not begun runs no `finally`; its place is given back here."""
        running = self._session.in_flight.get(req_id)
        if running is not None:
            running.task.add_done_callback(lambda _: self._make_room(req_id, running))
            running.task.cancel()

    def _make_room(self, req_id: str, running: Running | None = None) -> None:
        """`running` guards a later request with the same `req_id`."""
        in_flight = self._session.in_flight
        if running is None or in_flight.get(req_id) is running:
            in_flight.pop(req_id, None)
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def _wait_for_room(self) -> None:
        """Back-pressure: the server reads nothing while nobody receives."""
        while self._session.is_full:
            self._room = self._loop.create_future()
            await self._room
        self._room = None

    def _push(self, frame: bytes) -> None:
        self.outbox.push(self._session.dialect.writer.message(frame), len(frame))

    # Credentials

    async def _authenticate(self, action: Authenticate) -> None:
        pkg_id = None if action.req_id is None else int(ControlId.AUTH)
        try:
            principal = await self._prove(action.token)
        except (Unauthenticated, RateLimited) as error:
            self._refuse_and_close(error, pkg_id, action.req_id)
        except ApiError as error:
            self._push(self._session.refuse(error, pkg_id, action.req_id))
        else:
            self._accept(principal)
            left_s = self._expiry.left_s
            self._push(self._session.dialect.writer.authenticated(left_s, action.req_id))

    async def _prove(self, text: str) -> Principal:
        """Raises Unauthenticated for a bad token and for another's, RateLimited after too many, Unavailable."""
        verifier = self._services.verifier
        try:
            token = parse_bearer(text)
            principal = verifier.cached(token) or await verifier.verify(token)
            if self._identity is not None and identity_of(principal) != identity_of(self._identity):
                raise Unauthenticated("The token is not of this socket's session.")
        except Unauthenticated as error:
            await note_denial(self._services.limiter, self._caller.ip, error)
            raise
        return principal

    def _accept(self, principal: Principal) -> None:
        """Requests in flight keep the caller they began with."""
        self._identity = principal
        self._caller = Caller(principal, self._caller.ip, self._caller.user_agent, Door.WEBSOCKET)
        self._expiry.start(principal.expires_at - self._services.clock())
        self._subscriptions.review(principal)
        self.settle()

    def _refuse_and_close(self, error: ApiError, pkg_id: int | None, req_id: str | None) -> None:
        self._push(self._session.refuse(error, pkg_id, req_id))
        is_limited = isinstance(error, RateLimited)
        code = CloseCode.RATE_LIMITED if is_limited else CloseCode.INVALID_TOKEN
        self.outbox.close(code, code.name.lower())

    def _close_unauthenticated(self) -> None:
        if self._identity is None:
            self.outbox.close(CloseCode.AUTH_TIMEOUT, "auth_timeout")

    def _warn(self, left_s: int) -> None:
        self._push(self._session.dialect.writer.expiring(left_s))

    def _revoke(self) -> None:
        self._caller = Caller(None, self._caller.ip, self._caller.user_agent, Door.WEBSOCKET)

    def _close_expired(self) -> None:
        self.outbox.close(CloseCode.TOKEN_EXPIRED, "token_expired")

    # Topics

    def _change_topics(self, action: Subscribe | Unsubscribe) -> None:
        control = ControlId.SUBSCRIBE if isinstance(action, Subscribe) else ControlId.UNSUBSCRIBE
        try:
            if isinstance(action, Unsubscribe):
                self._subscriptions.leave(action.topics)
            elif self._caller.principal is None:
                raise Unauthenticated()
            else:
                self._subscriptions.join(action.topics, self._caller.principal)
        except ApiError as error:
            pkg_id = None if action.req_id is None else int(control)
            self._push(self._session.refuse(error, pkg_id, action.req_id))
        else:
            self._push(self._session.dialect.writer.topics(control, action.topics, action.req_id))


def identity_of(principal: Principal) -> tuple[str, str, str | None]:
    """What a refresh may not change (ACCEPTANCE D9)."""
    return principal.iss, principal.sub, principal.sid
