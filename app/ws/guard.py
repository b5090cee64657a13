"""Asks the handler who says who may follow a topic, as an operation that reads is called: with its deadline, its share of the node,
its metrics and its mapping of errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.broadcast.topics import Found
from app.execution.context import Call, Caller
from generated.bindings import Guard
from generated.errors import Forbidden


class Runner(Protocol):
    """The part of `app.execution.runner` that is needed."""

    async def run(self, call: Call) -> Any: ...


class TopicGuard:
    """One per node. A topic without a guard is open to whoever has its roles."""

    def __init__(self, runner: Runner, handlers: Any, guards: Mapping[str, Guard]) -> None:
        self._runner = runner
        self._guards = {topic: (one.operation, one.method(handlers)) for topic, one in guards.items()}

    async def admits(self, found: Found, caller: Caller, trace_id: str) -> bool:
        """Raises the ApiErrors of a call, Unavailable and Timeout among them; a handler that raises Forbidden says no."""
        guard = self._guards.get(found.address.topic)
        if guard is None:
            return True
        operation, method = guard
        call = Call(operation, method, lambda: found.values, caller, trace_id, fault_of=_fault_of)
        try:
            return bool(await self._runner.run(call))
        except Forbidden:
            return False


def _fault_of(result: object) -> str | None:
    return None if isinstance(result, bool) else f"{type(result).__name__} where bool is due"
