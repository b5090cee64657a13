"""What the audit row of a call says, and of what a socket's door refuses before there is a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from app.audit.record import AuditRecord, Outcome
from app.auth.principal import Principal
from app.execution.context import Call, Door
from generated.errors import Forbidden, RateLimited, Unauthenticated, Unavailable

OK = "ok"
DENIALS = {Unauthenticated.code, Forbidden.code, RateLimited.code}
log = structlog.get_logger(__name__)


def outcome_of(code: str) -> Outcome:
    if code == OK:
        return Outcome.SUCCESS
    return Outcome.DENIED if code in DENIALS else Outcome.ERROR


def record_of(call: Call, code: str, started: float, object_id: str | None) -> AuditRecord:
    """`started` is of `time.perf_counter`."""
    caller, principal = call.caller, call.caller.principal
    return AuditRecord(
        at=datetime.now(UTC),
        username=principal.username if principal else None,
        subject=principal.subject if principal else None,
        roles=sorted(principal.roles) if principal else [],
        action=call.operation.name,
        outcome=outcome_of(code),
        code=None if code == OK else code,
        door=caller.door,
        object_id=object_id,
        ip=caller.ip,
        user_agent=caller.user_agent,
        trace_id=call.trace_id,
        duration_ms=round((time.perf_counter() - started) * 1000),
    )


class Denials:
    """Testifies to each denial of the sockets' door: one line in the log and one row by the bounded queue, without waiting."""

    def __init__(self, offer: Callable[[AuditRecord], None]) -> None:
        self._offer = offer

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
        log.info("auth.denied", door=Door.WEBSOCKET, action=action, code=code, reason=reason, ip=ip, trace_id=trace_id)
        record = AuditRecord(
            at=datetime.now(UTC),
            username=principal.username if principal else None,
            subject=principal.subject if principal else None,
            roles=sorted(principal.roles) if principal else [],
            action=action,
            outcome=Outcome.ERROR if code == Unavailable.code else Outcome.DENIED,
            code=code,
            door=Door.WEBSOCKET,
            object_id=None,
            ip=ip,
            user_agent=user_agent,
            trace_id=trace_id,
            duration_ms=0,
        )
        self._offer(record)
