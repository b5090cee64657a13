"""Who asks for OpenMetrics gets it, with exemplars; everybody else gets text without, as does who asks for something else of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from app.telemetry.metrics.exposition import OPENMETRICS, TEXT, exposition_type, written

PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.2"
)


@pytest.mark.parametrize(
    "accept",
    [
        PROMETHEUS_2,
        PROMETHEUS_3,
        "application/openmetrics-text",
        'text/plain, Application/OpenMetrics-Text ; version="1.0.0"',
        "application/openmetrics-text;version=1.0.1",
    ],
)
def test_a_scraper_that_names_it_gets_openmetrics(accept: str) -> None:
    assert exposition_type(accept) == OPENMETRICS


@pytest.mark.parametrize(
    "accept",
    [
        "", "*/*", "text/plain;version=0.0.4", "application/json", ",;=", "application/openmetrics-text-like",
        "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;q=0", "application/openmetrics-text;version=1.0.0;q=0.0",
    ],
)  # fmt: skip
def test_others_get_text(accept: str) -> None:
    assert exposition_type(accept) == TEXT


def test_only_openmetrics_has_exemplars() -> None:
    registry = CollectorRegistry()
    Histogram("t", "t", registry=registry, buckets=(1.0,)).observe(0.5, {"trace_id": "abc"})
    read: Callable[[str], Iterable[Metric]] = text_string_to_metric_families
    (family,) = read(written(registry, OPENMETRICS).decode())
    assert [one.exemplar.labels for one in family.samples if one.exemplar] == [{"trace_id": "abc"}]
    assert b"abc" not in written(registry, TEXT)
    assert b"t_bucket" in written(registry, TEXT)
