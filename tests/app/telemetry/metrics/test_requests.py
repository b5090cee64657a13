"""Requests by operation, door and code."""

from __future__ import annotations

import pytest

from app.telemetry.metrics.metrics import Metrics
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


def test_a_code_that_nobody_declared_counts_as_other() -> None:
    found = Metrics(KNOWN)
    for code in ("ok", "forbidden", "made-up-1", "made-up-2"):
        found.requests.observe("http", "get_artists", code, 0.01)
    values = samples(found)
    assert values[f"{NAME}_requests_total", ("get_artists", "http", "ok")] == 1
    assert values[f"{NAME}_requests_total", ("forbidden", "get_artists", "http")] == 1
    assert values[f"{NAME}_requests_total", ("get_artists", "http", "other")] == 2
    assert values[f"{NAME}_request_seconds_count", ("get_artists", "http")] == 4


@pytest.mark.parametrize(("door", "operation"), [("ftp", "get_artists"), ("", "get_artists"), ("http", "no_such")])
def test_a_door_or_an_operation_that_is_none_is_an_error_of_ours(door: str, operation: str) -> None:
    with pytest.raises(KeyError):
        Metrics(KNOWN).requests.observe(door, operation, "ok", 0.1)
