"""A tracer that keeps what it is told, for tests of those who tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.telemetry.traceparent import Traceparent
from app.telemetry.traces.port import Facts

CURRENT = Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=True)
"""Of each of its tasks."""


@dataclass
class HeardSpan:
    name: str
    facts: dict[str, Any]
    trace_id: str = ""
    parent: Traceparent | None = None
    ends: int = 0
    failure: str | None = None
    kind: str = ""
    """Of those that are told as a whole."""

    def end(self, facts: Facts | None = None, *, failure: str | None = None) -> None:
        self.facts |= facts or {}
        self.failure = failure
        self.ends += 1


@dataclass
class Heard:
    """`is_told` is what it answers."""

    is_told: bool = True
    spans: list[HeardSpan] = field(default_factory=list)

    def serve(self, name: str, facts: Facts, *, trace_id: str, parent: Traceparent | None) -> HeardSpan | None:
        return self._keep(HeardSpan(name, dict(facts), trace_id, parent))

    def ask(self, name: str, facts: Facts) -> HeardSpan | None:
        return self._keep(HeardSpan(name, dict(facts)))

    def current(self) -> Traceparent | None:
        return CURRENT if self.is_told else None

    def sent(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        self._keep(HeardSpan(name, dict(facts), parent=parent, ends=1, kind="producer"))

    def processed(self, name: str, facts: Facts, *, parent: Traceparent, began_ns: int) -> None:
        self._keep(HeardSpan(name, dict(facts), parent=parent, ends=1, kind="consumer"))

    def _keep(self, span: HeardSpan) -> HeardSpan | None:
        if not self.is_told:
            return None
        self.spans.append(span)
        return span
