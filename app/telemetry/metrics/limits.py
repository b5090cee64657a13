"""What protects the node and what it depends on: breakers, and the limiter's decisions."""

from __future__ import annotations

from collections.abc import Iterable

from app.telemetry.metrics.catalogue import BREAKER, Catalogue
from app.telemetry.metrics.registry import Registry

BREAKER_STATES = {"closed": 0.0, "half-open": 1.0, "open": 2.0}


class BreakerMetrics:
    """Every breaker is closed at first."""

    def __init__(self, registry: Registry) -> None:
        self._states = {str(one): registry.count(Catalogue.BREAKER_STATE, str(one)) for one in BREAKER.values}
        self._changes = {
            (name, to): registry.count(Catalogue.BREAKER_TRANSITIONS, name, to)
            for name in self._states
            for to in BREAKER_STATES
        }

    def moved(self, name: str, old: str, new: str) -> None:
        """Hears a breaker's transitions."""
        self._states[name].value = BREAKER_STATES[new]
        self._changes[name, new].value += 1


class LimiterMetrics:
    def __init__(self, registry: Registry, buckets: Iterable[str]) -> None:
        self._decisions = {
            (bucket, outcome): registry.count(Catalogue.LIMITER_DECISIONS, bucket, outcome)
            for bucket in buckets
            for outcome in ("allowed", "refused", "unavailable")
        }
        self._down = registry.count(Catalogue.LIMITER_DOWN)

    def decided(self, bucket: str, outcome: str) -> None:
        """`allowed`, `refused`, or `unavailable` for a bucket that is closed without its store."""
        self._decisions[bucket, outcome].value += 1

    def down(self) -> None:
        """One decision that was made without the store; which way it went is counted by `decided`."""
        self._down.value += 1
