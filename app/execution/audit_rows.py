"""What the audit row of a call says, and of what a socket's door does before, between and after calls."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec
import structlog

from app.audit.budget import RowBudget
from app.audit.record import AuditRecord, Outcome
from app.auth.credential_refused import CredentialRefused, IssuerRefused, Reason
from app.auth.principal import Principal
from app.execution.address import limit_key
from app.execution.context import Call, Door
from app.telemetry.bounded_lines import BoundedLines
from generated.errors import ApiError, CredentialsInvalid, Forbidden, RateLimited, Unauthenticated, Unavailable
from generated.operations import Operation

OK = "ok"
DENIALS = {Unauthenticated.code, CredentialsInvalid.code, Forbidden.code, RateLimited.code}
log = structlog.get_logger(__name__)


def outcome_of(code: str) -> Outcome:
    """Denied is who had no credential or a wrong one, no role or no budget left; all else that is not a success is an error, a 404
    that hides another's row too."""
    if code == OK:
        return Outcome.SUCCESS
    return Outcome.DENIED if code in DENIALS else Outcome.ERROR


def reason_of(error: ApiError) -> str | None:
    """Why a credential was refused, here or by the issuer; other refusals say all by their code."""
    return error.reason if isinstance(error, CredentialRefused | IssuerRefused) else None


def record_of(call: Call, code: str, started: float, reason: str | None = None) -> AuditRecord:
    """The row of `call`, ended just now; `code` is OK or the refusal's, `started` of `time.perf_counter`. A required
    row of a success is made before COMMIT, so its duration leaves that out. The object is the one that the handler
    named, else the one that the request names."""
    caller, principal = call.caller, call.caller.principal
    if principal is None and call.context is not None:
        principal = call.context.actor
    named = call.context.object_id if call.context else None
    return AuditRecord(
        at=datetime.now(UTC),
        username=principal.username if principal else None,
        subject=principal.subject if principal else None,
        roles=sorted(principal.roles) if principal else [],
        action=call.operation.name,
        outcome=outcome_of(code),
        code=None if code == OK else code,
        door=caller.door,
        object_id=call.object_id if named is None else named,
        ip=caller.ip,
        user_agent=caller.user_agent,
        trace_id=call.trace_id,
        duration_ms=round((time.perf_counter() - started) * 1000),
        sid=principal.sid if principal else None,
        reason=reason,
        data=call.kept or {},
    )


def kept_of(operation: Operation, request: Any) -> dict[str, str] | None:
    """What the contract keeps of a request: texts as they are, other values as JSON has them, and nothing of what is absent or null."""
    if not operation.audit_fields:
        return None
    given = request.model_dump(include=set(operation.audit_fields))
    values = {name: msgspec.to_builtins(given[name]) for name in operation.audit_fields if given[name] is not None}
    return {name: one if isinstance(one, str) else msgspec.json.encode(one).decode() for name, one in values.items()}


class Queue(Protocol):
    """The audit log's bounded queue, and how many rows of limited calls there may be."""

    limited: RowBudget

    def offer(self, record: AuditRecord) -> None: ...


class CredentialLog:
    """One line for each credential that a call was refused for, ten a minute for each reason. One per worker."""

    def __init__(self, lines: BoundedLines) -> None:
        self._lines = lines

    def tell(self, call: Call, refused: CredentialRefused) -> None:
        """A call without a credential has no line: that is how browsers and probes ask."""
        if refused.reason is Reason.MISSING:
            return
        more = self._lines.admit(refused.reason)
        if more is not None:
            caller, action = call.caller, call.operation.name
            said = {"reason": refused.reason, "ip": caller.ip, "trace_id": call.trace_id}
            log.info("auth.denied", door=caller.door, action=action, code=refused.code, **said, **more)


class SocketRecorder:
    """Records what the sockets' door lets in, renews, sees go and refuses: a row each by the bounded queue, without waiting, and for a
    refusal a line in the log. Where the queue is full the row is dropped and counted; of what limits refuse a caller has some. Neither
    method waits or raises."""

    def __init__(self, audit: Queue) -> None:
        self._audit = audit

    def refused(
        self,
        action: str,
        code: str,
        reason: str,
        ip: str,
        user_agent: str,
        principal: Principal | None,
        trace_id: str,
    ) -> None:
        """`unavailable` is recorded as an error, all else as denied."""
        log.info("auth.denied", door=Door.WEBSOCKET, action=action, code=code, reason=reason, ip=ip, trace_id=trace_id)
        caller = limit_key(ip) if principal is None else principal.subject
        if code == RateLimited.code and not self._audit.limited.admits(caller):
            return
        outcome = Outcome.ERROR if code == Unavailable.code else Outcome.DENIED
        self._audit.offer(_of_socket(action, outcome, code, reason, ip, user_agent, principal, trace_id, 0.0))

    def passed(
        self,
        action: str,
        principal: Principal,
        ip: str,
        user_agent: str,
        trace_id: str,
        reason: str | None,
        lasted_s: float,
    ) -> None:
        """As `app.ws.refusals.OnPassage`; what succeeds is no line."""
        self._audit.offer(
            _of_socket(action, Outcome.SUCCESS, None, reason, ip, user_agent, principal, trace_id, lasted_s)
        )


def _of_socket(
    action: str, outcome: Outcome, code: str | None, reason: str | None, ip: str, user_agent: str, principal: Principal | None,
    trace_id: str, lasted_s: float,
) -> AuditRecord:  # fmt: skip
    return AuditRecord(
        at=datetime.now(UTC),
        username=principal.username if principal else None,
        subject=principal.subject if principal else None,
        roles=sorted(principal.roles) if principal else [],
        action=action,
        outcome=outcome,
        code=code,
        door=Door.WEBSOCKET,
        object_id=None,
        ip=ip,
        user_agent=user_agent,
        trace_id=trace_id,
        duration_ms=round(lasted_s * 1000),
        sid=principal.sid if principal else None,
        reason=reason,
    )
