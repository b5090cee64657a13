"""The metrics of all workers as those of one node.

Counters and histograms are added up, and never fall: what a worker had when it was last asked stays when it has gone. How a gauge
is joined its family says (`app/telemetry/metrics/catalogue.py`); one that is no family's is added up. Of exemplars the youngest of
the living workers is the node's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import add

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from typing_extensions import override

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.exposition import TEXT, written
from app.telemetry.metrics.family import Join
from app.telemetry.metrics.registry import Told

GROWING = frozenset({"counter", "histogram"})
JOINED: Mapping[Join, Callable[[float, float], float]] = {Join.SUM: add, Join.GREATEST: max, Join.LEAST: min}
Key = tuple[str, tuple[tuple[str, str], ...]]
"""A sample's name and its labels in order."""
Families = dict[str, tuple[Metric, dict[Key, float]]]
"""By name: whose name, type and text it has, and the values of its samples."""


class Joiner:
    """Keeps what workers had that have gone. One thread at a time."""

    def __init__(self) -> None:
        self._joins = {one.value.full_name: one.value.join for one in Catalogue}
        self._last: dict[int, list[Metric]] = {}
        self._gone: Families = {}

    def join(
        self, answers: Mapping[int, bytes], alive: Iterable[int], kind: str = TEXT, exemplars: Iterable[Told] = ()
    ) -> bytes:
        """`answers` are texts by worker; of a worker that is `alive` and did not answer the last answer counts. What is answered is
        written as `kind` says (`app/telemetry/metrics/exposition.py`)."""
        for worker, text in answers.items():
            self._last[worker] = list(text_string_to_metric_families(text.decode()))
        living = {*alive, *answers}
        for worker in [one for one in self._last if one not in living]:
            self._bury(self._last.pop(worker))
        youngest = {
            _key(one.name, one.labels): one.exemplar
            for one in sorted(exemplars, key=lambda one: one.exemplar.timestamp or 0.0)
        }
        return written(_Collected(self._joined(youngest)), kind)

    def _bury(self, families: list[Metric]) -> None:
        for family in families:
            if family.type in GROWING:
                self._add(self._gone, family)

    def _joined(self, exemplars: Mapping[Key, Exemplar]) -> list[Metric]:
        families = {name: (family, dict(values)) for name, (family, values) in self._gone.items()}
        for answered in self._last.values():
            for family in answered:
                self._add(families, family)
        joined = []
        for family, values in families.values():
            whole = Metric(family.name, family.documentation, family.type)
            for (name, labels), value in values.items():
                whole.add_sample(name, dict(labels), value, exemplar=exemplars.get((name, labels)))
            joined.append(whole)
        return joined

    def _add(self, families: Families, family: Metric) -> None:
        _, values = families.setdefault(family.name, (family, {}))
        join = JOINED[self._joins.get(family.name, Join.SUM)]
        for sample in family.samples:
            key = _key(sample.name, sample.labels)
            before = values.get(key)
            values[key] = sample.value if before is None else join(before, sample.value)


def _key(name: str, labels: Mapping[str, str]) -> Key:
    return name, tuple(sorted(labels.items()))


class _Collected(Collector):
    """What is asked for families when they are written."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    @override
    def collect(self) -> Iterable[Metric]:
        return self._families
