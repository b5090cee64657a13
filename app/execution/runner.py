"""The one pipeline of every door: authenticate → limit → authorise → decode → deadline → transaction → handler →
events and audit row → commit.

Promises: an answer is given only after COMMIT; UNAUTHENTICATED, RATE_LIMITED and FORBIDDEN mean that nothing ran;
nothing but an `ApiError` of the catalogue (or the caller's cancellation) leaves `run`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog

from app.audit.log import AuditLog
from app.broadcast.outbox import Outbox
from app.db.database import Database, Transaction
from app.errors import decode
from app.execution.context import Call, Context
from app.execution.deadlines import Deadlines, Watch
from app.execution.idempotency import AnswerStore, Replay
from app.execution.testimony import OK, record_of
from app.limits.limiter import Limiter
from app.telemetry.logs import TRACE_ID
from app.telemetry.metrics import Metrics
from generated.errors import ApiError, Forbidden, Internal, RateLimited, Unauthenticated
from generated.operations import BUCKETS, Audit, Bucket, BucketKey, Idempotency
from generated.wire import CODECS

LEEWAY_S = 10.0
MAX_TIMEOUT_S = 30.0
CANCELLED = "cancelled"
log = structlog.get_logger(__name__)


class Runner:
    def __init__(
        self,
        *,
        database: Database,
        limiter: Limiter,
        audit: AuditLog,
        outbox: Outbox,
        metrics: Metrics,
        deadlines: Deadlines,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._limiter = limiter
        self._audit = audit
        self._outbox = outbox
        self._metrics = metrics
        self._deadlines = deadlines
        self._answers = AnswerStore()
        self._clock = clock

    async def run(self, call: Call) -> Any:
        """The handler's typed result, or an `ApiError`; metrics and audit are settled either way."""
        started = time.perf_counter()
        TRACE_ID.set(call.trace_id)
        code = OK
        try:
            return await self._run(call, started)
        except ApiError as error:
            code = error.code
            await self._testify_refusal(call, code, started)
            raise
        except asyncio.CancelledError:
            code = CANCELLED
            raise
        except Exception as error:
            log.exception("operation failed", operation=call.operation.name)
            code = Internal.code
            await self._testify_refusal(call, code, started)
            raise Internal from error
        finally:
            self._metrics.observe(call.caller.door, call.operation.name, code, time.perf_counter() - started)

    async def _run(self, call: Call, started: float) -> Any:
        await self._authenticate(call)
        await self._limit(call)
        self._authorise(call)
        request = decode(call.decode)
        timeout_s = min(call.timeout_s or call.operation.timeout_s, MAX_TIMEOUT_S)
        with self._deadlines.watch(timeout_s) as watch:
            if call.operation.is_query:
                return await self._query(call, request, started)
            return await self._command(call, request, started, watch)

    async def _authenticate(self, call: Call) -> None:
        """A door has verified the token; here it must still be there and not have expired (D9)."""
        if call.operation.roles is None:
            return
        caller = call.caller
        if caller.denial is not None:
            await self._spend(BUCKETS["unauthenticated"], caller.ip, call)
            raise caller.denial
        if caller.principal is None or caller.principal.expires_at + LEEWAY_S <= self._clock():
            raise Unauthenticated

    async def _limit(self, call: Call) -> None:
        bucket, principal = call.operation.bucket, call.caller.principal
        if bucket is None:
            return
        by_user = bucket.key is BucketKey.USER and principal is not None
        subject = principal.subject if by_user and principal is not None else call.caller.ip
        await self._spend(bucket, subject, call)

    async def _spend(self, bucket: Bucket, subject: str, call: Call) -> None:
        permit = await self._limiter.take(bucket, subject)
        call.permit = permit
        if not permit.allowed:
            raise RateLimited(retry_after_s=permit.retry_after_s)

    def _authorise(self, call: Call) -> None:
        roles, principal = call.operation.roles, call.caller.principal
        if roles is None or (principal is not None and any(group <= principal.roles for group in roles)):
            return
        raise Forbidden

    async def _query(self, call: Call, request: Any, started: float) -> Any:
        context = Context(call.caller, call.trace_id, self._database)
        result = await call.method(context, request)
        call.status = context.status
        await self._outbox.append(self._database, call.operation, context.events)
        self._outbox.wake(context.events)
        if call.operation.audit is not Audit.NONE:
            record = record_of(call, OK, started, context.object_id)
            if call.operation.audit is Audit.REQUIRED:
                await self._audit.write(self._database, record)
            else:
                self._audit.offer(record)
        return result

    async def _command(self, call: Call, request: Any, started: float, watch: Watch) -> Any:
        transaction = self._database.transaction()
        try:
            context = Context(call.caller, call.trace_id, transaction)
            replay = self._replay(call, request, transaction)
            if replay is not None and (stored := await replay.begin()) is not None:
                call.replayed = True
                return stored[0]
            result = await call.method(context, request)
            call.status = context.status
            if replay is not None:
                await replay.finish(result)
            await self._outbox.append(transaction, call.operation, context.events)
            if call.operation.audit is Audit.REQUIRED:
                await self._audit.write(transaction, record_of(call, OK, started, context.object_id))
            watch.stop()
            await transaction.commit()
        finally:
            await transaction.rollback()
        self._outbox.wake(context.events)
        if call.operation.audit is Audit.BEST_EFFORT:
            self._audit.offer(record_of(call, OK, started, context.object_id))
        return result

    def _replay(self, call: Call, request: Any, transaction: Transaction) -> Replay | None:
        principal, key, operation = call.caller.principal, call.idempotency_key, call.operation
        if operation.idempotency is not Idempotency.KEY or principal is None or not key:
            return None
        scope = (principal.subject, operation.name, key)
        return Replay(self._answers, transaction, CODECS[operation.name], scope, request)

    async def _testify_refusal(self, call: Call, code: str, started: float) -> None:
        """A refusal leaves its row before the reply (D2); a flood of 401 and 429 goes through the bounded queue."""
        audit = call.operation.audit
        if audit is Audit.NONE:
            return
        record = record_of(call, code, started, None)
        if audit is Audit.BEST_EFFORT or code in (Unauthenticated.code, RateLimited.code):
            self._audit.offer(record)
            return
        try:
            await self._audit.write(self._database, record)
        except Exception:  # Whatever it is, it does not take the refusal's place.
            self._audit.offer(record)
