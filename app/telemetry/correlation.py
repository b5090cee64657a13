"""The id that an answer, its problem, its audit row and its log lines share, and whose lines those are.

Promises: what a line says of its request is that of the task which writes it; tasks that a request begins go on with it.
"""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

CORRELATION_ID = re.compile(rb"[A-Za-z0-9-]{1,64}\Z")
"""What goes into logs as it is (D28)."""
HEADER = b"x-correlation-id"


class Somebody(Protocol):
    """As `app.auth.principal`."""

    @property
    def subject(self) -> str: ...


@dataclass(slots=True)
class Correlation:
    """What every line of one request says. The doors know its id, the runner all of it."""

    trace_id: str
    operation: str | None = None
    door: str | None = None
    caller: Somebody | None = None
    """None where nobody has proved who he is."""

    def fields(self) -> dict[str, str]:
        """Those that are known."""
        subject = None if self.caller is None else self.caller.subject
        found = {"trace_id": self.trace_id, "operation": self.operation, "door": self.door, "subject": subject}
        return {name: value for name, value in found.items() if value is not None}


CURRENT: ContextVar[Correlation | None] = ContextVar("correlation", default=None)
"""Of the request that runs."""


def current_trace_id() -> str:
    """Empty where no request runs."""
    current = CURRENT.get()
    return "" if current is None else current.trace_id


def trace_id_of(given: bytes) -> str:
    """The caller's own X-Correlation-ID, if that can be shown: 1 to 64 letters, digits and hyphens (D28). Else 16
    hexadecimal digits by chance, which are for finding lines and no secret."""
    return given.decode() if CORRELATION_ID.match(given) else f"{random.getrandbits(64):016x}"
