"""Audit rows of requests that name no operation: an unknown path, or a method that the path has not (D2, C08).

Promises: best effort, through the bounded queue; at most 10 rows a minute for one address, or one IPv6 /64, and 300 for all, so that who
looks for addresses does not fill the table; each row beyond that is counted as left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from app.audit.budget import RowBudget
from app.audit.record import AuditRecord
from app.execution.address import client_ip, limit_key
from app.execution.audit_rows import outcome_of
from app.execution.context import Door
from app.telemetry.scrubbing import scrub
from generated.errors import ApiError

MAX_OF_ADDRESS = 10
MAX_ROWS = 300
MAX_PATH_CHARS = 200
MAX_METHOD_CHARS = 20


class Queue(Protocol):
    """The audit log's bounded queue."""

    def offer(self, record: AuditRecord) -> None: ...


class Refusals:
    """`on_left_out` hears of each row that is not offered. One per worker, whose count it is; `clock` is a monotonic one."""

    def __init__(
        self,
        queue: Queue,
        *,
        on_left_out: Callable[[int], None],
        trusted_proxies: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._trusted_proxies = trusted_proxies
        self._budget = RowBudget(of_one=MAX_OF_ADDRESS, of_all=MAX_ROWS, on_left_out=on_left_out, clock=clock)

    def note(self, scope: Mapping[str, Any], error: ApiError, trace_id: str) -> None:
        """The row's object is the path, its reason the method; neither has what looks like a credential. Neither waits
        nor raises."""
        ip = client_ip(scope, self._trusted_proxies)
        if self._budget.admits(limit_key(ip)):
            self._queue.offer(_record_of(scope, error, trace_id, ip))


def _record_of(scope: Mapping[str, Any], error: ApiError, trace_id: str, ip: str) -> AuditRecord:
    agent = dict(scope["headers"]).get(b"user-agent", b"")
    return AuditRecord(
        at=datetime.now(UTC),
        username=None,
        subject=None,
        roles=[],
        action=f"http.{error.code}",
        outcome=outcome_of(error.code),
        code=error.code,
        door=Door.HTTP,
        object_id=scrub(scope["path"])[:MAX_PATH_CHARS],
        ip=ip,
        user_agent=agent.decode("latin-1"),
        trace_id=trace_id,
        duration_ms=0,
        reason=scope["method"][:MAX_METHOD_CHARS],
    )
