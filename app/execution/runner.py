"""The one pipeline of every door: authenticate → limit → authorise → read → admit → transaction → handler → commit → audit.

Promises: an answer is given only after COMMIT, and by the deadline, whoever is silent (ACCEPTANCE D14); UNAUTHENTICATED,
RATE_LIMITED and FORBIDDEN mean that nothing ran; nothing but an `ApiError` that the operation declares (or the caller's
cancellation) leaves `run`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from typing import Any, Protocol

import structlog
from google.protobuf.message import DecodeError

from app.admission.gate import Gate
from app.admission.shares import Shares
from app.audit.log import AuditLog
from app.auth.credential_refused import CredentialRefused, IssuerRefused, Reason
from app.broadcast.outbox import Outbox
from app.db.database import Database, Executor
from app.db.sqlstates import refusal_for
from app.db.transaction import Transaction
from app.errors import decode
from app.execution.access_log import AccessLog
from app.execution.address import limit_key
from app.execution.audit_rows import OK, CredentialLog, kept_of, reason_of, record_of
from app.execution.context import Abandoned, Call, Context
from app.execution.deadlines import Deadlines, Watch
from app.execution.idempotency import AnswerStore, Replay
from app.limits.limiter import Limiter, OverLimit
from app.telemetry.bounded_lines import BoundedLines
from app.telemetry.correlation import CURRENT, Correlation
from app.telemetry.metrics.requests import RequestMetrics
from generated.errors import (
    ApiError,
    Forbidden,
    Internal,
    OutcomeUnknown,
    RateLimited,
    Timeout,
    Unauthenticated,
    Unavailable,
)
from generated.http_routes import ROUTES
from generated.operations import BUCKETS, Audit, Bucket, BucketKey, Idempotency, Priority
from generated.wire import CODECS

LEEWAY_S = 10.0
"""For clocks that differ, as the verifier has it."""
MAX_TIMEOUT_S = 30.0
"""Whatever a caller or the contract asks for (D14)."""
MAX_STREAM_S = 3600.0
"""Of a stream, whatever the contract asks for: its own deadline is x-timeout, which a caller can only shorten."""
CANCELLED = "cancelled"
PRECONDITION_FAILED = 412
REFUSED_AFTER_S = 0.3
"""No login is refused sooner, whether the name exists, is disabled or the password is wrong. Longer than an idle Keycloak needs to
look at a password; one that is slower shows its own differences. Who waits holds no share of the node."""
REFUSAL_ROW_S = 0.15
"""How long a refusal waits for its audit row before the row goes into the queue."""
QUEUED_CODES = {one.code for one in (Unauthenticated, RateLimited, Timeout, Unavailable, OutcomeUnknown)}
"""Refusals whose row never holds them up: those that come in floods, and those that a silent database causes."""
log = structlog.get_logger(__name__)


class Pipeline(Protocol):
    """The runner, or what stands before it."""

    async def run(self, call: Call) -> Any: ...


class Runner:
    """One per worker, for all doors. Nothing of a call is kept in it, so calls run side by side. `clock` is the wall
    clock, which judges the token's `exp`."""

    def __init__(
        self,
        *,
        database: Database,
        limiter: Limiter,
        audit: AuditLog,
        outbox: Outbox,
        metrics: RequestMetrics,
        deadlines: Deadlines,
        shares: Shares,
        gate: Gate,
        access: AccessLog | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._limiter = limiter
        self._audit = audit
        self._outbox = outbox
        self._metrics = metrics
        self._deadlines = deadlines
        self._shares = shares
        self._gate = gate
        self._access = access or AccessLog()
        self._answers = AnswerStore()
        self._credentials = CredentialLog(BoundedLines())
        self._objects = {one.operation.name: one.path_parameters[-1] for one in ROUTES if one.path_parameters}
        self._clock = clock

    async def run(self, call: Call) -> Any:
        """The handler's typed result, or an `ApiError` that the operation declares; metrics and audit are settled
        either way. The items of a stream have gone to `call.deliver`, and what is answered is None.

        A command's result is committed when it is returned. The deadline counts from `call.arrived_at`, 30 s at most
        (D14): beyond it Timeout is raised, and OutcomeUnknown once COMMIT has begun. A cancellation by the door rolls
        back and leaves no row of a refusal; it does not end a COMMIT that has begun.
        """
        started = time.perf_counter()
        caller = call.caller
        CURRENT.set(Correlation(call.trace_id, call.operation.name, caller.door, caller.principal))
        code = OK
        try:
            return await self._run(call, started)
        except (asyncio.CancelledError, Abandoned):
            code = CANCELLED
            self._record_cancelled_stream(call, started)
            raise
        except Exception as error:
            refusal = declared(call, error)
            code = refusal.code
            try:
                await self._settle_refusal(call, refusal, started)
                if refusal is error:
                    raise
                raise refusal from error
            finally:
                # Its traceback knows this frame: the call, and all that came with it, would wait for the collector.
                del refusal
        finally:
            seconds = time.perf_counter() - started
            self._metrics.observe(caller.door, call.operation.name, code, seconds)
            self._access.note(call, code, seconds)

    async def _settle_refusal(self, call: Call, refusal: ApiError, started: float) -> None:
        if isinstance(refusal, OverLimit):  # It may be of a budget that a handler asks.
            call.permit, call.bucket = refusal.permit, refusal.bucket
        if isinstance(refusal, CredentialRefused):
            self._credentials.tell(call, refusal)
        await self._record_refusal(call, refusal, started)
        if isinstance(refusal, IssuerRefused):
            await asyncio.sleep(started + REFUSED_AFTER_S - time.perf_counter())

    async def _run(self, call: Call, started: float) -> Any:
        """The deadline counts from the request's arrival, without the time in which its body came."""
        waited_s = time.monotonic() - call.arrived_at
        self._gate.began(waited_s)
        await self._judge(call)
        spent_s = waited_s + time.perf_counter() - started
        if call.receive is not None:
            await call.receive()
        left_s = deadline_s(call) - spent_s
        if left_s <= 0:
            raise Timeout
        if call.operation.is_stream:
            await self._stream(call, left_s, started)
            return None
        with self._deadlines.watch(left_s) as watch:
            request = decode(call.decode)
            self._note_request(call, request)
            if call.operation.priority is Priority.HEALTH:
                return await self._perform(call, request, started, watch)
            caller = call.caller.key
            if not self._shares.enter_at_once(caller):
                await self._shares.enter(call.operation.priority, caller)
            try:
                return await self._perform(call, request, started, watch)
            finally:
                self._shares.leave(caller)

    async def _judge(self, call: Call) -> None:
        """Before anything of the request is read."""
        try:
            await self._authenticate(call)
            await self._limit(call)
            self._authorise(call)
        finally:
            if call.arrival is not None:
                call.arrival.has_come()

    async def _perform(self, call: Call, request: Any, started: float, watch: Watch) -> Any:
        if call.alternatives is None:
            return await self._once(call, request, request, started, watch)
        *others, last = [request, *call.alternatives(request)]
        for one in others:
            try:
                return await self._once(call, one, request, started, watch)
            except ApiError as error:
                if error.status != PRECONDITION_FAILED:
                    raise
        return await self._once(call, last, request, started, watch)

    async def _once(self, call: Call, request: Any, read: Any, started: float, watch: Watch) -> Any:
        """`read` is the request as it came, of which `request` may be an alternative: an idempotency key is of that one."""
        if call.operation.is_query:
            return await self._query(call, request, started)
        return await self._command(call, request, read, started, watch)

    async def _authenticate(self, call: Call) -> None:
        """A door has verified the token; here it must still be there and not have expired (D9)."""
        if call.operation.roles is None:
            return
        caller = call.caller
        if caller.credential_refused is not None:
            await self._spend(BUCKETS["unauthenticated"], limit_key(caller.ip), call)
            raise CredentialRefused(caller.credential_refused)
        if caller.principal is None:
            raise CredentialRefused(caller.absent)
        if caller.principal.expires_at + LEEWAY_S <= self._clock():
            raise CredentialRefused(Reason.EXPIRED)

    async def _limit(self, call: Call) -> None:
        bucket = call.operation.bucket
        if bucket is None:
            return
        subject = call.caller.key if bucket.key is BucketKey.USER else limit_key(call.caller.ip)
        await self._spend(bucket, subject, call)

    async def _spend(self, bucket: Bucket, subject: str, call: Call) -> None:
        permit = await self._limiter.take(bucket, subject)
        call.permit, call.bucket = permit, bucket
        if not permit.allowed:
            raise OverLimit(bucket, permit)

    def _authorise(self, call: Call) -> None:
        roles, principal = call.operation.roles, call.caller.principal
        if roles is None or (principal is not None and any(group <= principal.roles for group in roles)):
            return
        raise Forbidden

    async def _query(self, call: Call, request: Any, started: float) -> Any:
        call.context = context = Context(call.caller, call.trace_id, self._database)
        result = fitting(call, await call.method(context, request))
        call.status = context.status
        await self._settle_read(call, context, started)
        return result

    async def _settle_read(self, call: Call, context: Context, started: float) -> None:
        await self._write_down(self._database, call, context, started)
        self._tell(call, context, started)

    async def _write_down(self, executor: Executor, call: Call, context: Context, started: float) -> None:
        """What must be stored with the result, in one statement: events and the audit row."""
        events = self._outbox.rows_of(call.operation, context.events)
        if call.operation.audit is Audit.REQUIRED:
            await self._audit.write(executor, record_of(call, OK, started), beside=events)
        elif events is not None:
            await executor.execute(events.statement, **events.parameters)

    def _tell(self, call: Call, context: Context, started: float) -> None:
        """What is told of it when it is stored, and what need not be."""
        self._outbox.wake(context.events)
        if call.operation.audit is Audit.BEST_EFFORT:
            self._audit.offer(record_of(call, OK, started))

    async def _stream(self, call: Call, left_s: float, started: float) -> None:
        """Reads as a query does, statement by statement, so that nothing of the database is held between two items. It waits
        for its caller most of the time, and takes a place among the streams instead of a share of the node."""
        assert call.deliver is not None, "a door gives it to every stream"
        request = decode(call.decode)
        self._note_request(call, request)
        with self._shares.streams.place(call.caller.key, call.caller.address, self._gate):
            call.context = context = Context(call.caller, call.trace_id, self._database)
            try:
                async with asyncio.timeout(left_s) as limit, aclosing(call.method(context, request)) as items:
                    async for item in items:
                        await call.deliver(fitting(call, item))
            except TimeoutError:
                if limit.expired():
                    raise Timeout from None
                raise
            await self._settle_read(call, context, started)

    def _record_cancelled_stream(self, call: Call, started: float) -> None:
        """Items may have gone, so that there is something to tell; a call that answers once has answered nothing."""
        if call.operation.is_stream and call.context is not None and call.operation.audit is not Audit.NONE:
            self._audit.offer(record_of(call, CANCELLED, started))

    async def _command(self, call: Call, request: Any, read: Any, started: float, watch: Watch) -> Any:
        transaction = Transaction(self._database)
        call.context = context = Context(call.caller, call.trace_id, transaction)
        try:
            replay = self._replay(call, read, transaction)
            if replay is not None and (stored := await replay.begin()) is not None:
                call.replayed = True
                await transaction.rollback()
                return stored[0]
            result = fitting(call, await call.method(context, request))
            call.status = context.status
            if replay is not None:
                await replay.finish(result)
            await self._write_down(transaction, call, context, started)
            watch.error = OutcomeUnknown
            await transaction.commit()
        except asyncio.CancelledError:
            transaction.abandon()
            raise
        except BaseException:
            await transaction.rollback()
            raise
        self._tell(call, context, started)
        return result

    def _replay(self, call: Call, request: Any, transaction: Transaction) -> Replay | None:
        principal, key, operation = call.caller.principal, call.idempotency_key, call.operation
        if operation.idempotency is not Idempotency.KEY or principal is None or not key:
            return None
        scope = (principal.subject, operation.name, key)
        return Replay(self._answers, transaction, CODECS[operation.name], scope, request)

    def _note_request(self, call: Call, request: Any) -> None:
        """For the audit row: the object is what the last parameter of the operation's path says, in whatever way the request came."""
        call.kept = kept_of(call.operation, request)
        named = self._objects.get(call.operation.name)
        if named is not None:
            call.object_id = str(getattr(request, named.attribute or named.field))

    def _name_refused(self, call: Call) -> None:
        """As HTTP names it by its path: what was sent, whether or not the request fits."""
        named = self._objects.get(call.operation.name)
        if named is None or call.object_id is not None or call.peek is None:
            return
        with suppress(ValueError, DecodeError, RecursionError):
            value = call.peek().get(named.field)
            if isinstance(value, int | str) and not isinstance(value, bool):
                call.object_id = str(value)

    async def _record_refusal(self, call: Call, error: ApiError, started: float) -> None:
        """A refusal leaves its audit row before the reply (D2), unless it comes in floods or the database is what failed. Of what limits refuse
        some rows of each caller tell enough."""
        audit = call.operation.audit
        if audit is Audit.NONE or (error.code == RateLimited.code and not self._audit.limited.admits(call.caller.key)):
            return
        self._name_refused(call)
        record = record_of(call, error.code, started, reason_of(error))
        if audit is Audit.BEST_EFFORT or error.code in QUEUED_CODES:
            self._audit.offer(record)
            return
        record.identify()
        try:
            async with asyncio.timeout(REFUSAL_ROW_S):
                await self._audit.write(self._database, record)
        except Exception:  # Whatever it is, it does not take the refusal's place.
            self._audit.offer(record)


def deadline_s(call: Call) -> float:
    """From the arrival on."""
    own = call.operation.timeout_s
    if call.operation.is_stream:
        return min(call.timeout_s or own, own, MAX_STREAM_S)
    return min(call.timeout_s or own, MAX_TIMEOUT_S)


def fitting(call: Call, result: Any) -> Any:
    """The result, if it is what the contract says; else Internal is raised, and the log says where it is not. A
    command's is encoded for a try, too."""
    fault = (call.fault_of or CODECS[call.operation.name].fault_of)(result)
    if fault is not None:
        log.error("operation.wrong_result", operation=call.operation.name, fault=fault)
        raise Internal
    if not call.operation.is_query:
        # Half of a surrogate pair is known to encoders alone: better now than after COMMIT.
        CODECS[call.operation.name].encode_json(result)
    return result


def declared(call: Call, error: Exception) -> ApiError:
    """The refusal that leaves the pipeline: one that the operation declares, or `internal`, and then the log says why.
    What only reads has no outcome to ask for: it may be asked again."""
    refusal = error if isinstance(error, ApiError) else refusal_for(error)
    if isinstance(refusal, OutcomeUnknown) and call.operation.is_query:
        refusal = Unavailable(retry_after_s=refusal.retry_after_s)
    if refusal is None:
        log.error("operation.failed", operation=call.operation.name, exc_info=error)
        return Internal()
    if refusal.code not in call.operation.errors:
        log.error("operation.error_not_declared", operation=call.operation.name, code=refusal.code)
        return Internal()
    return refusal
