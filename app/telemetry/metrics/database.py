"""PostgreSQL: statements by name, and how long connections are waited for."""

from __future__ import annotations

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.registry import Registry
from app.telemetry.metrics.values import Times

MAX_STATEMENTS = 500
"""Names of statements; a program that makes names as it runs has the rest under `other`."""
OTHER = "other"


class DatabaseMetrics:
    """Names of statements come from the code that compiles them, never from a caller."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._times: dict[str, Times] = {}
        self._waits = {
            outcome: registry.times(Catalogue.DATABASE_POOL_WAIT, outcome)
            for outcome in ("served", "refused", "cancelled")
        }

    def statement(self, name: str, seconds: float) -> None:
        """One that has ended, well or not."""
        times = self._times.get(name)
        if times is None:
            times = self._times[self._known(name)] = self._registry.times(
                Catalogue.DATABASE_STATEMENT_SECONDS, self._known(name)
            )
        times.observe(seconds)

    def statement_failed(self, name: str, error: str) -> None:
        """`error` is one of `catalogue.STATEMENT_ERRORS`."""
        self._registry.count(Catalogue.DATABASE_STATEMENT_ERRORS, self._known(name), error).value += 1

    def waited(self, seconds: float, outcome: str) -> None:
        """For a connection that was not there at once: `served`, `refused` or `cancelled`."""
        self._waits[outcome].observe(seconds)

    def _known(self, name: str) -> str:
        return name if name in self._times or len(self._times) < MAX_STATEMENTS else OTHER
