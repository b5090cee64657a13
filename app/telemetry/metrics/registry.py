"""The families of one worker with their numbers, and their exposition.

Promises: a label never has a value that its family does not know (D29); every family of the catalogue is told, whether or not
anything has happened. Whoever counts holds his child, and looks nothing up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from typing_extensions import override

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.exposition import TEXT, written
from app.telemetry.metrics.family import Family, Kind, Words
from app.telemetry.metrics.values import Count, Times

Values = tuple[str, ...]
Bucket = tuple[str, float] | tuple[str, float, Exemplar]
Read = Callable[[], Mapping[Values, float] | float]
"""Answers the numbers of a family by the values of its labels, or the one number of a family without labels."""
OPEN = frozenset({Words.TASKS, Words.PARTS, Words.STATEMENTS, Words.BUILD})
"""Sets that are closed where the values come from, and known to nobody before."""


@dataclass(frozen=True)
class Vocabulary:
    """The contract's part of the closed sets."""

    words: Mapping[Words, frozenset[str]]

    def knows(self, words: Words, value: str) -> bool:
        return words in OPEN or value in self.words.get(words, ())


class Told(NamedTuple):
    """The exemplar of a sample, by the sample's name and labels."""

    name: str
    labels: dict[str, str]
    exemplar: Exemplar


class UnknownLabel(ValueError):
    """Somebody counts under a value that is not of the family's closed set: a fault of the code."""


class Registry(Collector):
    """One per worker; children are made once and kept."""

    def __init__(
        self, vocabulary: Vocabulary | None = None, times: Callable[[tuple[float, ...]], Times] = Times
    ) -> None:
        """`times` makes the histograms, of their bounds."""
        self._make_times = times
        self._vocabulary = vocabulary or Vocabulary({})
        self._counts: dict[Catalogue, dict[Values, Count]] = {}
        self._times: dict[Catalogue, dict[Values, Times]] = {}
        self._reads: dict[Catalogue, Read] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def count(self, family: Catalogue, *values: str) -> Count:
        """The child with these values, made where there is none yet. Also a gauge that is set."""
        self._check(family.value, values)
        return self._counts.setdefault(family, {}).setdefault(values, Count())

    def times(self, family: Catalogue, *values: str) -> Times:
        """The same of a histogram."""
        self._check(family.value, values)
        return self._times.setdefault(family, {}).setdefault(values, self._make_times(family.value.bounds))

    def read(self, family: Catalogue, read: Read) -> None:
        """Somebody else keeps the numbers; he is asked when the metrics are, in the thread that asks."""
        self._reads[family] = read

    def read_process(self) -> None:
        """Tells what the process holds, too."""
        ProcessCollector(registry=self._registry)

    def render(self, kind: str = TEXT) -> bytes:
        """As `exposition.written`."""
        return written(self._registry, kind)

    def exemplars(self) -> list[Told]:
        """Those that there are now."""
        return [
            Told(f"{family.value.full_name}_bucket", self._labels(family.value, values) | {"le": bound}, one)
            for family, children in self._times.items()
            for values, times in children.items()
            for bound, one in times.exemplars.items()
        ]

    @override
    def collect(self) -> Iterable[Metric]:
        """Once for each `/metrics`."""
        return [self._told(family) for family in Catalogue if not family.value.is_foreign]

    def _check(self, family: Family, values: Values) -> None:
        for label, value in zip(family.labels, values, strict=True):
            known = label.values
            if not (self._vocabulary.knows(known, value) if isinstance(known, Words) else value in known):
                raise UnknownLabel(f"{family.name}: {label.name} is never {value!r}")

    def _told(self, member: Catalogue) -> Metric:
        family = member.value
        names = [label.name for label in family.labels]
        if family.kind is Kind.HISTOGRAM:
            histogram = HistogramMetricFamily(family.full_name, family.text, labels=names)
            for values, times in self._times.get(member, {}).items():
                said = times.exemplars
                buckets: list[Bucket] = [
                    (bound, count, said[bound]) if bound in said else (bound, count)
                    for bound, count in times.cumulative()
                ]
                histogram.add_metric(values, buckets=buckets, sum_value=times.total_s)
            return histogram
        kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
        told = kind(family.full_name, family.text, labels=names)
        for values, number in self._numbers(member).items():
            told.add_metric(values, number)
        return told

    def _labels(self, family: Family, values: Values) -> dict[str, str]:
        return {label.name: value for label, value in zip(family.labels, values, strict=True)}

    def _numbers(self, member: Catalogue) -> Mapping[Values, float]:
        if member not in self._reads:
            return {values: count.value for values, count in self._counts.get(member, {}).items()}
        found = self._reads[member]()
        if isinstance(found, int | float):
            return {(): float(found)}
        for values in found:
            self._check(member.value, values)
        return found
