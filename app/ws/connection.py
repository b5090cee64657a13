"""The life of one accepted socket: reads frames, runs each in a task, and ends what must not outlive the socket.

Promises: at most 32 requests run at once; nothing is read while they do, while a reply waits to be written, or beyond the budget
of frames that run nothing; nothing runs after the token's `exp`; at the end queries are cancelled and commands run to theirs.
Decides nothing about an operation: the runner does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from app.admission.shares import refusal
from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.credentials import parse_bearer
from app.auth.principal import Principal
from app.broadcast.broker import NotKept
from app.broadcast.hub import Message
from app.execution.context import Call, Caller, Door
from app.limits.limiter import spend
from app.telemetry.correlation import current_trace_id
from app.ws.budget import NOTHING_RAN, FrameBudget
from app.ws.dialect import Dialect
from app.ws.envelope import Authenticate, Cancel, ControlId, Credit, Subscribe, Unsubscribe
from app.ws.expiry import AUTH_TIMEOUT_S, Expiry, Stages
from app.ws.handshake import Admission
from app.ws.journal import Journal
from app.ws.outbox import ABNORMAL, Outbox
from app.ws.refusals import Attempt, reason_of
from app.ws.sending import Send
from app.ws.services import Services
from app.ws.session import Action, Close, Invoke, Reply, Running, Session
from app.ws.streams import Streams
from app.ws.subscriptions import Subscriptions
from generated.errors import ApiError, CloseCode, Internal, InvalidData, RateLimited, Unauthenticated
from generated.operations import Idempotency

Receive = Callable[[], Awaitable[Message]]

logger = structlog.get_logger(__name__)


class Connection:
    """`on_settled` is called once: when the first frame has authenticated, or when the socket ends without. One per
    accepted socket, whose task calls `serve` once and then `finish`."""

    __slots__ = (
        "_auth_timer", "_budget", "_caller", "_expiry", "_identity", "_journal", "_loop", "_on_settled", "_place", "_resumed",
        "_services", "_session", "_streams", "_subscriptions", "_traffic", "outbox",
    )  # fmt: skip

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
        told = services.on_refusal, services.on_passage, admission.ip, admission.user_agent
        self._journal = Journal(*told, current_trace_id(), self._loop.time)
        self._on_settled = on_settled
        self._place: str | None = None
        """Whose socket it counts as, once it does."""
        self._resumed: asyncio.Future[None] | None = None
        self._auth_timer: asyncio.TimerHandle | None = None
        self._budget = FrameBudget()
        self._traffic = services.traffic[dialect.format]
        bind = dialect.bind if admission.is_bundled else None
        self.outbox = Outbox(send, self._loop, self._resume, self._traffic, self._session.cancel_queries, bind)
        self._streams = Streams(lambda: self.outbox.owes_replies, self._reply)
        self._expiry = Expiry(self._loop, Stages(self._warn, self._revoke, self._close_expired))
        self._subscriptions = Subscriptions(services.feed, self.outbox, dialect.writer, self._until_paid)

    async def serve(self, receive: Receive) -> int:
        """Until the socket ends, for whatever reason; returns its close code. Control frames are answered one after the
        other, requests run beside each other. Commands may still run at the end: see `finish`."""
        code = ABNORMAL
        try:
            await self._start_credential()
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    code = message.get("code", ABNORMAL)
                    break
                if self.outbox.close_code is None:
                    text = message.get("text")
                    frame = message["bytes"] if text is None else text
                    self._count(frame)
                    action = self._session.feed(frame)
                    has_begun = await self._act(action)
                    if not await self._hold_back(has_begun=has_begun):
                        break
        finally:
            self._stop_waiting_for_credential()
            self._expiry.stop()
            self._subscriptions.leave_all()
            self.outbox.mark_gone(code)
            if self._place is not None:
                self._services.user_sockets.leave(self._place)
            self._journal.closed(self.outbox.close_code or code)
        return self.outbox.close_code or code

    async def finish(self) -> None:
        """Waits for the commands, and for what is left of the queries, which were cancelled. Each ends by its deadline. Nothing is asked of it
        afterwards: what refers to it is let go, and would else wait for the collector. Again it does nothing."""
        requests = [request.task for request in self._session.in_flight.values()]
        if requests:
            await asyncio.wait(requests)
        with suppress(AttributeError):
            del self.outbox, self._streams, self._expiry, self._subscriptions

    def describe(self) -> dict[str, Any]:
        """For who runs the node; there is no credential in it."""
        principal = self._caller.principal
        return {
            "user": principal.username if principal else None,
            "address": self._caller.ip,
            "topics": sorted(self._subscriptions.topics),
            "in_flight": len(self._session.in_flight),
            "queued_bytes": self.outbox.event_bytes,
            "queued_replies": self.outbox.replies,
        }

    @property
    def is_quiet(self) -> bool:
        """No request runs."""
        return not self._session.in_flight

    def announce_end(self, reconnect_after_ms: int) -> None:
        """The client is told when to connect anew; until the close all goes on."""
        self._reply(self._session.dialect.writer.draining(reconnect_after_ms))

    def settle(self) -> None:
        """Tells once that the socket waits for no credential any more; again it does nothing."""
        if self._on_settled is not None:
            self._on_settled()
            self._on_settled = None

    def _count(self, frame: str | bytes) -> None:
        traffic = self._traffic
        traffic.frames_in += 1
        traffic.bytes_in += len(frame) if isinstance(frame, bytes) or frame.isascii() else len(frame.encode())

    async def _act(self, action: Action) -> bool:
        """Whether a request has begun, or one goes on that was waiting for this frame."""
        if self._identity is None and not isinstance(action, Authenticate):
            self._refuse(Attempt.AUTHENTICATE, Unauthenticated("The first frame must authenticate."), None)
            self.outbox.close(CloseCode.INVALID_TOKEN, "invalid_token")
            return False
        match action:
            case Invoke():
                return self._invoke(action)
            case Reply(frame):
                self._reply(frame)
            case Close():
                self._close(action)
            case Cancel(req_id):
                self._cancel(req_id)
            case Credit(req_id, items):
                return self._streams.grant(req_id, items)
            case Authenticate():
                await self._authenticate(action)
            case Subscribe() | Unsubscribe():
                await self._change_topics(action)
        return False

    async def _hold_back(self, *, has_begun: bool) -> bool:
        """Back-pressure: while nobody receives, the server reads nothing. False where the peer left beyond its budget: megabytes
        of its frames may still wait in the kernel, and nobody hears their answers.

        A server's `receive` does not wait while frames do, so each that began no request gives the loop its turn.
        """
        if not has_begun:
            self._budget.spend()
        wait_s = self._budget.wait_s()
        if wait_s > 0 and self.outbox.has_lost_its_peer:
            return False
        if wait_s > 0 and self.outbox.is_over:
            wait_s = 0.0
        if wait_s > 0 or not has_begun:
            await asyncio.sleep(wait_s)
        while self._session.is_full or self.outbox.owes_replies:
            await self._next_change()
        return True

    async def _next_change(self) -> None:
        """Until a request has ended, or the replies that waited are written, or the socket closes."""
        self._resumed = self._loop.create_future()
        await self._resumed
        self._resumed = None

    async def _until_paid(self) -> None:
        while self.outbox.owes_replies:
            await self._next_change()

    def _resume(self) -> None:
        self._streams.wake()
        if self._resumed is not None and not self._resumed.done():
            self._resumed.set_result(None)

    # Requests

    def _invoke(self, invoke: Invoke) -> bool:
        """False where the gate refuses, before there is a task."""
        package, gate, address = invoke.package, self._services.gate, self._caller.address
        is_one_too_many = package.operation.is_stream and self._streams.is_full
        if is_one_too_many or gate.is_full_for(package.operation.priority, address):
            self._reply(self._session.refuse(refusal(), invoke.pkg_id, invoke.req_id))
            return False
        is_keyed = package.operation.idempotency is Idempotency.KEY
        call = Call(
            package.operation,
            package.method,
            partial(package.decode, invoke.data),
            self._caller,
            self._session.next_trace_id() if invoke.parent is None else invoke.parent.trace_id,
            invoke.timeout_s,
            invoke.req_id if is_keyed else None,
            peek=partial(package.peek, invoke.data),
            parent=invoke.parent,
        )
        if package.operation.is_stream:
            call.deliver = self._streams.begin(invoke.req_id, partial(self._session.item, invoke)).deliver
        task = self._loop.create_task(self._run(invoke, call))
        call.arrival = gate.arrived(address)
        task.add_done_callback(call.arrival.answered)
        self._session.in_flight[invoke.req_id] = Running(task, package.operation.is_query)
        return True

    async def _run(self, invoke: Invoke, call: Call) -> None:
        try:
            frame = self._session.reply(invoke, await self._services.runner.run(call))
        except ApiError as error:
            if isinstance(error, NOTHING_RAN):
                self._budget.spend()
            frame = self._session.refuse(error, invoke.pkg_id, invoke.req_id, call.trace_id)
        except Exception:
            logger.exception("reply.not_encoded", operation=call.operation.name, trace_id=call.trace_id)
            frame = self._session.refuse(Internal(), invoke.pkg_id, invoke.req_id, call.trace_id)
        finally:
            self._make_room(invoke.req_id)
        self._reply(frame)

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
            self._streams.end(req_id)
        self._resume()

    # Answers

    def _reply(self, frame: bytes) -> None:
        self.outbox.reply(self._session.dialect.writer.message(frame), len(frame))

    def _refuse(self, attempt: Attempt, error: ApiError, req_id: str | None, control: ControlId | None = None) -> None:
        """Of the two formats only protobuf names what is answered. What does not fit the contract is no denial."""
        trace_id = self._session.next_trace_id()
        if not isinstance(error, InvalidData):
            self._tell(attempt, error.code, reason_of(error), trace_id)
        pkg_id = None if req_id is None or control is None else int(control)
        self._reply(self._session.refuse(error, pkg_id, req_id, trace_id))

    def _close(self, close: Close) -> None:
        if close.frame is not None:
            self._reply(close.frame)
        if close.code == CloseCode.PROTOCOL_ABUSE:
            self._tell(Attempt.CLOSE, close.reason, "bad_frames", self._session.next_trace_id())
        self.outbox.close(close.code, close.reason)

    def _tell(self, attempt: Attempt, code: str, reason: str, trace_id: str) -> None:
        self._journal.refused(attempt, code, reason, self._identity, trace_id)

    # Credentials

    async def _start_credential(self) -> None:
        if self._identity is not None:
            await self._accept(self._identity)
        else:
            self._auth_timer = self._loop.call_later(AUTH_TIMEOUT_S, self._close_unauthenticated)

    def _stop_waiting_for_credential(self) -> None:
        if self._auth_timer is not None:
            self._auth_timer.cancel()
            self._auth_timer = None

    async def _authenticate(self, action: Authenticate) -> None:
        try:
            principal = await self._prove(action.token)
        except ApiError as error:
            self._refuse_credential(error, action.req_id)
        else:
            if await self._accept(principal):
                if not await self._subscriptions.review(self._caller, self._session.next_trace_id()):
                    self.outbox.close(CloseCode.INSUFFICIENT_STATE, "insufficient_state")
                self._reply(self._session.dialect.writer.authenticated(self._expiry.left_s, action.req_id))

    async def _prove(self, text: str) -> Principal:
        """Raises Unauthenticated for a bad token and for another's, RateLimited after too many, Unavailable."""
        verifier = self._services.verifier
        try:
            token = parse_bearer(text)
            principal = verifier.cached(token) or await verifier.verify(token)
            if self._identity is not None and principal.identity != self._identity.identity:
                raise CredentialRefused(Reason.OTHER_SESSION)
        except Unauthenticated:
            await spend(self._services.limiter, "unauthenticated", self._caller.address)
            raise
        return principal

    def _refuse_credential(self, error: ApiError, req_id: str | None) -> None:
        """A refresh that fails leaves the socket the token that it has; a first frame that fails leaves nothing."""
        is_first = self._identity is None
        self._refuse(Attempt.AUTHENTICATE if is_first else Attempt.REFRESH, error, req_id, ControlId.AUTH)
        if isinstance(error, RateLimited):
            self.outbox.close(CloseCode.RATE_LIMITED, "rate_limited")
        elif is_first and isinstance(error, Unauthenticated):
            self.outbox.close(CloseCode.INVALID_TOKEN, "invalid_token")

    async def _accept(self, principal: Principal) -> bool:
        """Requests in flight keep the caller they began with. False where the user has as many sockets as he may."""
        self._stop_waiting_for_credential()
        self._identity = principal
        if self._place is None and not await self._services.user_sockets.enter(principal.subject):
            self._refuse_place()
            return False
        self._place = principal.subject
        self._caller = Caller(principal, self._caller.ip, self._caller.user_agent, Door.WEBSOCKET)
        self._journal.accepted(principal)
        self._expiry.start(principal.expires_at - self._services.clock())
        self.settle()
        return True

    def _refuse_place(self) -> None:
        self._revoke()
        self._tell(Attempt.CLOSE, "connection_limit", "too_many_sockets", self._session.next_trace_id())
        self.outbox.close(CloseCode.CONNECTION_LIMIT, "connection_limit")

    def _close_unauthenticated(self) -> None:
        self._tell(Attempt.AUTHENTICATE, "auth_timeout", "no_first_frame", self._session.next_trace_id())
        self.outbox.close(CloseCode.AUTH_TIMEOUT, "auth_timeout")

    def _warn(self, left_s: int) -> None:
        self._reply(self._session.dialect.writer.expiring(left_s))

    def _revoke(self, reason: Reason = Reason.EXPIRED) -> None:
        caller = self._caller
        self._caller = Caller(None, caller.ip, caller.user_agent, Door.WEBSOCKET, absent=reason)

    def _close_expired(self) -> None:
        self.outbox.close(CloseCode.TOKEN_EXPIRED, "token_expired")

    def close_if_ended(self, has_ended: Callable[[Principal], bool]) -> None:
        """Nothing of an ended session is begun any more; what runs ends as at any close. Again it does nothing."""
        if self._identity is None or self.outbox.close_code is not None or not has_ended(self._identity):
            return
        self._revoke(Reason.ENDED)
        self._subscriptions.leave_all()
        self._tell(Attempt.CLOSE, "revoked", Reason.ENDED, self._session.next_trace_id())
        self.outbox.close(CloseCode.REVOKED, "revoked")

    # Topics

    async def _change_topics(self, action: Subscribe | Unsubscribe) -> None:
        control = ControlId.SUBSCRIBE
        try:
            if isinstance(action, Unsubscribe):
                control = ControlId.UNSUBSCRIBE
                self._subscriptions.leave(action.topics)
                self._reply(self._session.dialect.writer.unsubscribed(action.topics, action.req_id))
            elif self._caller.principal is None:
                raise CredentialRefused(self._caller.absent)
            else:
                await self._subscriptions.join(action, self._caller, self._session.next_trace_id())
        except ApiError as error:
            self._refuse(Attempt.SUBSCRIBE, error, action.req_id, control)
        except NotKept:
            self.outbox.close(CloseCode.INSUFFICIENT_STATE, "insufficient_state")
