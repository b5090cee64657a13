"""The metrics of all workers as those of one node.

Counters and histograms are added up, and never fall: what a worker had when it was last asked stays when it has gone. A gauge is
added up too, unless each worker says the same thing of what they share; then the largest counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prometheus_client import generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from typing_extensions import override

from generated.product import NAME

SHARED = frozenset(
    {f"{NAME}_breaker_state", f"{NAME}_event_outbox_rows", f"{NAME}_event_outbox_age_seconds", f"{NAME}_build_info",
     "process_max_fds"}
)  # fmt: skip
SINCE = ("_created", "process_start_time_seconds")
"""Ends of names that say since when: the earliest counts."""
GROWING = frozenset({"counter", "histogram"})
Key = tuple[str, tuple[tuple[str, str], ...]]
"""A sample's name and its labels in order."""
Families = dict[str, tuple[Metric, dict[Key, float]]]
"""By name: whose name, type and text it has, and the values of its samples."""


class Joiner:
    """Keeps what workers had that have gone. One thread at a time."""

    def __init__(self) -> None:
        self._last: dict[int, list[Metric]] = {}
        self._gone: Families = {}

    def join(self, answers: Mapping[int, bytes], alive: Iterable[int]) -> bytes:
        """`answers` are expositions by worker; of a worker that is `alive` and did not answer the last answer counts."""
        for worker, text in answers.items():
            self._last[worker] = list(text_string_to_metric_families(text.decode()))
        living = {*alive, *answers}
        for worker in [one for one in self._last if one not in living]:
            self._bury(self._last.pop(worker))
        return generate_latest(_Collected(self._joined()))

    def _bury(self, families: list[Metric]) -> None:
        for family in families:
            if family.type in GROWING:
                _add(self._gone, family)

    def _joined(self) -> list[Metric]:
        families = {name: (family, dict(values)) for name, (family, values) in self._gone.items()}
        for answered in self._last.values():
            for family in answered:
                _add(families, family)
        joined = []
        for family, values in families.values():
            whole = Metric(family.name, family.documentation, family.type)
            for (name, labels), value in values.items():
                whole.add_sample(name, dict(labels), value)
            joined.append(whole)
        return joined


def _add(families: Families, family: Metric) -> None:
    _, values = families.setdefault(family.name, (family, {}))
    for sample in family.samples:
        key = sample.name, tuple(sorted(sample.labels.items()))
        before = values.get(key)
        if before is None:
            values[key] = sample.value
        elif family.name in SHARED:
            values[key] = max(before, sample.value)
        elif family.name.endswith(SINCE):
            values[key] = min(before, sample.value)
        else:
            values[key] = before + sample.value


class _Collected(Collector):
    """What `generate_latest` asks for families."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    @override
    def collect(self) -> Iterable[Metric]:
        return self._families
