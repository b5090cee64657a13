"""The id that an answer, its problem, its audit row and its log lines share, and whose lines those are.

Promises: what a line says of its request is that of the task which writes it; tasks that a request begins go on with it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from app.telemetry.traceparent import TRACEPARENT, Traceparent, read_traceparent

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


def trace_id_of(given: bytes, parent: Traceparent | None = None) -> str:
    """The caller's own X-Correlation-ID, if that can be shown: 1 to 64 letters, digits and hyphens (D28). Else the trace that the caller
    says, else 32 hexadecimal digits by chance, which are for finding lines and no secret, and name a trace as W3C has it."""
    return _said(given, parent) or new_trace_id()


def new_trace_id() -> str:
    """By chance."""
    return f"{random.getrandbits(128):032x}"


def trace_id_among(fields: Iterable[tuple[bytes, bytes]]) -> str:
    """As `trace_id_of`, of a request's fields, whose names are in lower case."""
    return trace_said_among(fields) or new_trace_id()


def trace_said_among(fields: Iterable[tuple[bytes, bytes]]) -> str | None:
    """What the caller says; None where that is nothing that can be shown."""
    said = {HEADER: b"", TRACEPARENT: b""}
    for name, value in fields:
        if name in said:  # Of two of them neither is one, as of two that a comma joins.
            said[name] = said[name] + b"," + value if said[name] else value
    return _said(said[HEADER], parent_of(said[TRACEPARENT]))


def _said(given: bytes, parent: Traceparent | None) -> str | None:
    if CORRELATION_ID.match(given):
        return given.decode()
    return None if parent is None else parent.trace_id


def parent_of(header: bytes) -> Traceparent | None:
    """Of a request over HTTP; None where there is none, or none that is one."""
    return read_traceparent(header.decode("latin-1")) if header else None
