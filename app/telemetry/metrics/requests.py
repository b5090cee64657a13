"""Requests by operation, door and outcome: what every request pays for."""

from __future__ import annotations

from collections.abc import Iterable

from app.telemetry.metrics.catalogue import DOOR, Catalogue
from app.telemetry.metrics.family import Words
from app.telemetry.metrics.registry import Registry, Vocabulary

OTHER = "other"
EXTRA_CODES = ("ok", "cancelled", OTHER)
"""Beside those of the catalogue: success, a caller who went away, and what nobody foresaw."""


class RequestMetrics:
    """Children of successes are bound when it is made, those of a refusal when it comes for the first time."""

    def __init__(self, registry: Registry, vocabulary: Vocabulary, operations: Iterable[str]) -> None:
        self._registry = registry
        self._vocabulary = vocabulary
        pairs = [(str(door), name) for door in DOOR.values for name in operations]
        self._times = {(door, name): registry.times(Catalogue.REQUEST_SECONDS, name, door) for door, name in pairs}
        self._counts = {
            (door, name): {"ok": registry.count(Catalogue.REQUESTS, name, door, "ok")} for door, name in pairs
        }

    def observe(self, door: str, operation: str, code: str, seconds: float) -> None:
        """One request that has ended, `seconds` in the pipeline. A code that is not in the catalogue counts as `other`;
        KeyError for another door or operation than those it was made for."""
        pair = (door, operation)
        children = self._counts[pair]
        child = children.get(code)
        if child is None:
            label = code if self._vocabulary.knows(Words.CODES, code) else OTHER
            child = children.setdefault(label, self._registry.count(Catalogue.REQUESTS, operation, door, label))
        child.value += 1
        self._times[pair].observe(seconds)
