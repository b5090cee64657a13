"""Times every statement: its metrics by name, and a line where it was slow.

Promises: no value of a parameter is in either; a statement that is slow again and again costs ten lines a minute, and the next
one says how many were left out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Protocol

import asyncpg
import structlog

from app.db.sqlstates import Meaning, meaning_of
from app.db.statements import Statement
from app.telemetry.bounded_lines import BoundedLines

SLOW_S = 0.25
Parameters = Mapping[str, object]
log = structlog.get_logger(__name__)


class StatementMetrics(Protocol):
    """As `app.telemetry.metrics.database`; `error` is a meaning of `sqlstates`, `constraint`, `cancelled` or `other`."""

    def statement(self, name: str, seconds: float) -> None: ...
    def statement_failed(self, name: str, error: str) -> None: ...


class StatementClock:
    """`slow_s` is when a statement has a line, 0 for never. Each method awaits one call of asyncpg, and raises what that
    raises."""

    def __init__(self, metrics: StatementMetrics | None = None, *, slow_s: float = SLOW_S) -> None:
        self._metrics = metrics
        self._slow_s = slow_s
        self._lines = BoundedLines()

    async def fetch(self, connection: Any, statement: Statement, parameters: Parameters) -> Any:
        """All rows; KeyError for a parameter that is missing."""
        arguments = statement.arguments(parameters)
        began = time.perf_counter()
        try:
            return await connection.fetch(statement.sql, *arguments)
        except BaseException as error:
            self._failed(statement.name, error)
            raise
        finally:
            self._ended(statement.name, time.perf_counter() - began)

    async def execute(self, connection: Any, command: str) -> None:
        """A command without parameters, named by itself."""
        began = time.perf_counter()
        try:
            await connection.execute(command)
        except BaseException as error:
            self._failed(command.lower(), error)
            raise
        finally:
            self._ended(command.lower(), time.perf_counter() - began)

    async def execute_many(self, connection: Any, statement: Statement, rows: list[dict[str, object]]) -> None:
        """Counts as one."""
        arguments = [statement.arguments(row) for row in rows]
        began = time.perf_counter()
        try:
            await connection.executemany(statement.sql, arguments)
        except BaseException as error:
            self._failed(statement.name, error)
            raise
        finally:
            self._ended(statement.name, time.perf_counter() - began)

    def _ended(self, name: str, seconds: float) -> None:
        if self._metrics is not None:
            self._metrics.statement(name, seconds)
        if self._slow_s and seconds >= self._slow_s:
            self._tell(name, seconds)

    def _failed(self, name: str, error: BaseException) -> None:
        if self._metrics is not None:
            self._metrics.statement_failed(name, error_class(error))

    def _tell(self, name: str, seconds: float) -> None:
        more = self._lines.admit(name)
        if more is not None:
            log.warning("database.slow_statement", statement=name, duration_ms=round(seconds * 1000, 1), **more)


def error_class(error: BaseException) -> str:
    """One of few words, whatever it was."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        return "constraint"
    if isinstance(error, asyncpg.PostgresError):
        return meaning_of(error).value
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    is_connection_s = isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError | OSError | TimeoutError)
    return Meaning.LOST.value if is_connection_s else "other"
