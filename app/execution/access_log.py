"""One line for a request that has ended: always where it failed by our fault or was slow, and of the others a sample.

Promises: no line of it waits for anybody; at most 100 a second are written, the next one says how many were left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

import structlog

from app.execution.context import Call
from app.telemetry.bounded_lines import BoundedLines
from generated.bindings import HttpBinding
from generated.errors import ERRORS, Unavailable
from generated.http_routes import ROUTES
from generated.operations import Priority

MAX_LINES = 100
"""In a second: an outage or an overload fails every request, and a line costs as much as half of one."""
NOT_READY = Unavailable.code
FAILED = frozenset(code for code, error in ERRORS.items() if error.status >= 500)
log = structlog.get_logger("app.access")


class AccessLog:
    """One per worker, for all doors. `sample` of all requests have a line, from 0 to 1; `slow_s` is when one always has, 0 for
    never."""

    def __init__(self, *, sample: float = 0.0, slow_s: float = 1.0, draw: Callable[[], float] = random.random) -> None:
        self._sample = sample
        self._slow_s = slow_s or float("inf")
        self._draw = draw
        self._lines = BoundedLines(window_s=1.0, max_lines=MAX_LINES)
        self._routes = {one.operation.name: one for one in ROUTES}
        self.left_out = 0
        """Since the start."""

    def note(self, call: Call, code: str, seconds: float) -> None:
        """Once for each request, after its end: `code` is `ok`, `cancelled` or the refusal's."""
        is_bad = seconds >= self._slow_s or (code in FAILED and not _is_no(call, code))
        if is_bad or (self._sample and self._draw() < self._sample):
            self._write(call, code, seconds, is_bad=is_bad)

    def _write(self, call: Call, code: str, seconds: float, *, is_bad: bool) -> None:
        """The request's id, operation, door and user come from the context, as in all its lines."""
        more = self._lines.admit("access")
        if more is None:
            self.left_out += 1
            return
        told = log.warning if is_bad else log.info
        told(
            "request.ended",
            code=code,
            duration_ms=round(seconds * 1000, 1),
            **http_facts(self._routes, call, code),
            **more,
        )


def http_facts(routes: Mapping[str, HttpBinding], call: Call, code: str) -> dict[str, str | int]:
    """`method`, `endpoint` and `status` of a call over HTTP, as it has ended; of others nothing. The endpoint is the contract's path, never
    the one that was asked for; who has gone has got no status."""
    error = ERRORS.get(code)
    route = routes.get(call.operation.name)
    if route is None or call.caller.door != "http":
        return {}
    status = error.status if error is not None else call.status or route.statuses[0]
    return {"method": route.verb, "endpoint": route.path} | ({} if code == "cancelled" else {"status": status})


def _is_no(call: Call, code: str) -> bool:
    """A probe's answer, which is no failure: `readiness.changed` tells what is not ready, once, and not each time that somebody asks."""
    return code == NOT_READY and call.operation.priority is Priority.HEALTH
