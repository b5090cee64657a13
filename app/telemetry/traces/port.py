"""What the parts of a worker tell of their spans, whoever takes them. A worker without traces has no such object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from app.telemetry.traceparent import Traceparent

Facts = Mapping[str, str | int]
"""Attributes, by the stable names of OpenTelemetry's semantic conventions where there is one. Never a value that a caller sent."""


class Span(Protocol):
    """One that is told; ended once, in the task that began it where it serves a request."""

    def end(self, facts: Facts | None = None, *, failure: str | None = None) -> None:
        """`failure` is one of few words, for what is to be looked at: the service's fault, and not its caller's."""


class Tracer(Protocol):
    """No method waits or raises. None is the answer where the span is not told."""

    def serve(self, name: str, facts: Facts, *, trace_id: str, parent: Traceparent | None) -> Span | None:
        """The request's, below `parent`. It is current in this task, and in those that it begins, until it ends. Without a parent it
        begins a trace, whose id is `trace_id` if that can be one."""

    def ask(self, name: str, facts: Facts) -> Span | None:
        """What is asked of another program, below the request's that is current; outside of one it is not told."""

    def current(self) -> Traceparent | None:
        """The span that is told in this task, so that what goes on elsewhere can stand below it; None where there is none."""

    def sent(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        """A message that `parent` caused has been handed on: from `began_ns`, in nanoseconds since 1970, until now. Told if the parent is."""

    def processed(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        """As `sent`, of a message that has come."""
