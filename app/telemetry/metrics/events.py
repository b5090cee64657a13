"""Events: committed here, read by every worker, given to sockets, and what waits between."""

from __future__ import annotations

from collections.abc import Iterable

from app.telemetry.metrics.catalogue import PRESENCE_CHANGES, Catalogue
from app.telemetry.metrics.registry import Registry


class EventMetrics:
    """All by topic; KeyError for one that the contract has not."""

    def __init__(self, registry: Registry, topics: Iterable[str]) -> None:
        names = tuple(topics)
        self._published = {one: registry.count(Catalogue.EVENTS_PUBLISHED, one) for one in names}
        self._received = {one: registry.count(Catalogue.EVENTS_RECEIVED, one) for one in names}
        self._missed = {one: registry.count(Catalogue.EVENTS_MISSED, one) for one in names}
        self._lags = {one: registry.times(Catalogue.EVENT_LAG, one) for one in names}
        self._presence = {one: registry.count(Catalogue.PRESENCE_CHANGES, one) for one in PRESENCE_CHANGES}
        self._failures = registry.count(Catalogue.EVENT_READ_FAILURES)
        self._rows = registry.count(Catalogue.EVENT_OUTBOX_ROWS)
        self._age_s = registry.count(Catalogue.EVENT_OUTBOX_AGE)

    def published(self, topic: str) -> None:
        """One event was committed here."""
        self._published[topic].value += 1

    def received(self, topic: str, lag_s: float | None) -> None:
        """One event has reached this worker's hub; None where an older release wrote it and nobody knows since when. Clocks
        differ, so that a lag may be below nothing, which counts as nothing."""
        self._received[topic].value += 1
        if lag_s is not None:
            self._lags[topic].observe(max(0.0, lag_s))

    def missed(self, topic: str, count: int) -> None:
        """They left the stream before this worker had read them."""
        self._missed[topic].value += count

    def presence_changed(self, change: str, count: int) -> None:
        """So many users, found out by this worker before any other."""
        self._presence[change].value += count

    def read_failed(self) -> None:
        """One read of the streams; it is tried again."""
        self._failures.value += 1

    def outbox_depth(self, rows: int, age_s: float) -> None:
        """Says the last state, not a sum: every node reports the same rows."""
        self._rows.value, self._age_s.value = float(rows), age_s
