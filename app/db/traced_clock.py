"""The clock of statements, where each is a span, too: named by its statement, never with a value."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

import asyncpg
from typing_extensions import override

from app.db.statement_clock import SLOW_S, Parameters, StatementClock, StatementMetrics, error_class
from app.db.statements import Statement
from app.telemetry.traces.port import Tracer

T = TypeVar("T")
SYSTEM = {"db.system.name": "postgresql"}


class TracedClock(StatementClock):
    """As its base. A statement that runs outside of a request has no span."""

    def __init__(self, tracer: Tracer, metrics: StatementMetrics | None = None, *, slow_s: float = SLOW_S) -> None:
        super().__init__(metrics, slow_s=slow_s)
        self._tracer = tracer

    @override
    async def fetch(self, connection: Any, statement: Statement, parameters: Parameters) -> Any:
        return await self._told(statement.name, super().fetch(connection, statement, parameters))

    @override
    async def execute(self, connection: Any, command: str) -> None:
        await self._told(command.lower(), super().execute(connection, command))

    @override
    async def execute_many(self, connection: Any, statement: Statement, rows: list[dict[str, object]]) -> None:
        await self._told(statement.name, super().execute_many(connection, statement, rows))

    async def _told(self, name: str, asked: Awaitable[T]) -> T:
        span = self._tracer.ask(name, SYSTEM | {"db.query.summary": name})
        if span is None:
            return await asked
        try:
            answer = await asked
        except BaseException as error:
            span.end(_state_of(error), failure=error_class(error))
            raise
        span.end()
        return answer


def _state_of(error: BaseException) -> dict[str, str]:
    state = error.sqlstate if isinstance(error, asyncpg.PostgresError) else None
    return {"db.response.status_code": state} if state else {}
