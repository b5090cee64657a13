"""Where the issuer tells that a session has ended (OpenID Connect Back-Channel Logout 1.0): `POST /auth/backchannel-logout`.

Promises: 200 means that it is committed, with its audit row, and so known to every node within seconds; a token is told once. No operation of
the contract: what comes, and from whom, is the standard's to say. Who is refused pays with the address's budget of failed credentials.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import structlog
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.logout_token import LogoutToken, LogoutTokens
from app.auth.session_ends import SessionEnds
from app.db.database import Database
from app.db.transaction import Transaction
from app.execution.address import client_ip, limit_key
from app.execution.context import Door
from app.limits.limiter import Limiter, OverLimit
from app.telemetry.bounded_lines import BoundedLines
from app.telemetry.correlation import current_trace_id
from generated.errors import ApiError, Unavailable
from generated.operations import BUCKETS

PATH = "/auth/backchannel-logout"
ACTION = "backchannel_logout"
MAX_FORM_BYTES = 16 * 1024
END_S = 5.0
"""For the transaction, whatever PostgreSQL does (D14)."""
NO_STORE = {"cache-control": "no-store"}
log = structlog.stdlib.get_logger(__name__)


class BackchannelLogout:
    """`answer` is the route. One per worker."""

    def __init__(
        self, *, tokens: LogoutTokens, database: Database, audit: AuditLog, limiter: Limiter, trusted_proxies: int
    ) -> None:
        self._tokens = tokens
        self._database = database
        self._audit = audit
        self._limiter = limiter
        self._trusted_proxies = trusted_proxies
        self._ends = SessionEnds()
        self._lines = BoundedLines()

    async def answer(self, request: Request) -> Response:
        """200 without content; 400 in the words of RFC 6749 §5.2 for what proves nothing; 429 and 503 with when to come again."""
        ip, started = client_ip(request.scope, self._trusted_proxies), time.perf_counter()
        try:
            token = await self._tokens.verify(await _read(request))
            async with asyncio.timeout(END_S):
                await self._end(token, ip, request, started)
        except CredentialRefused as refused:
            return await self._refuse(refused.reason, ip, request, started)
        except TimeoutError:
            return _later(Unavailable(retry_after_s=1))
        except ApiError as error:
            return _later(error)
        return Response(status_code=200, headers=NO_STORE)

    async def _end(self, token: LogoutToken, ip: str, request: Request, started: float) -> None:
        transaction = Transaction(self._database)
        try:
            if not await self._ends.told(transaction, sid=token.sid, subject=token.sub, token_id=token.jti):
                raise CredentialRefused(Reason.REPLAYED)
            await self._audit.write(transaction, _record(token, None, ip, request, started))
            await transaction.commit()
        except asyncio.CancelledError:
            transaction.abandon()
            raise
        except BaseException:
            await transaction.rollback()
            raise

    async def _refuse(self, reason: Reason, ip: str, request: Request, started: float) -> Response:
        more = self._lines.admit(reason)
        if more is not None:
            log.info("auth.denied", door=Door.HTTP, action=ACTION, reason=reason, ip=ip, **more)
            self._audit.offer(_record(None, reason, ip, request, started))
        try:
            permit = await self._limiter.take(BUCKETS["unauthenticated"], limit_key(ip))
        except ApiError as error:
            return _later(error)
        if not permit.allowed:
            return _later(OverLimit(BUCKETS["unauthenticated"], permit))
        told = {"error": "invalid_request", "error_description": "The logout token proves nothing."}
        return JSONResponse(told, 400, NO_STORE)


async def _read(request: Request) -> str:
    """The one `logout_token` of the form; raises CredentialRefused."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_FORM_BYTES:
                raise CredentialRefused(Reason.TOO_LONG)
        fields = parse_qsl(body.decode("ascii"), max_num_fields=8)
    except (ValueError, ClientDisconnect) as error:
        raise CredentialRefused(Reason.MALFORMED) from error
    given = [value for name, value in fields if name == "logout_token"]
    if len(given) != 1:
        raise CredentialRefused(Reason.AMBIGUOUS if given else Reason.MISSING)
    return given[0]


def _record(token: LogoutToken | None, reason: Reason | None, ip: str, request: Request, started: float) -> AuditRecord:
    """The issuer has no name of a user; the object is the session, or the subject."""
    return AuditRecord(
        at=datetime.now(UTC),
        username=None,
        subject=None,
        roles=[],
        action=ACTION,
        outcome=Outcome.SUCCESS if reason is None else Outcome.DENIED,
        code=None if reason is None else "unauthenticated",
        door=Door.HTTP,
        object_id=None if token is None else token.sid or token.sub,
        ip=ip,
        user_agent=request.headers.get("user-agent", ""),
        trace_id=current_trace_id(),
        duration_ms=round((time.perf_counter() - started) * 1000),
        sid=None if token is None else token.sid,
        reason=reason,
    )


def _later(error: ApiError) -> Response:
    headers: dict[str, Any] = {**NO_STORE, "retry-after": str(error.retry_after_s or 1)}
    return JSONResponse({"error": "temporarily_unavailable"}, error.status, headers)
