"""Keycloak: what it was asked for, how that ended, how long it took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from app.telemetry.metrics.catalogue import PURPOSE, Catalogue
from app.telemetry.metrics.registry import Registry


class IssuerMetrics:
    """Purposes are those of `catalogue.PURPOSE`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._times = {str(one): registry.times(Catalogue.ISSUER_SECONDS, str(one)) for one in PURPOSE.values}

    def answered(self, purpose: str, outcome: str, seconds: float) -> None:
        """One call of the issuer: `ok`, `refused` or `failed`."""
        self._times[purpose].observe(seconds)
        self._registry.count(Catalogue.ISSUER_REQUESTS, purpose, outcome).value += 1

    def unasked(self, purpose: str) -> None:
        """One that was not made, since the breaker was open."""
        self._registry.count(Catalogue.ISSUER_REQUESTS, purpose, "unasked").value += 1

    def measured(self, purpose: str, fetch: Callable[[], Awaitable[bytes]]) -> Callable[[], Awaitable[bytes]]:
        """The same fetch, counted."""

        async def fetching() -> bytes:
            started, outcome = time.perf_counter(), "failed"
            try:
                found = await fetch()
                outcome = "ok"
                return found
            finally:
                self.answered(purpose, outcome, time.perf_counter() - started)

        return fetching
