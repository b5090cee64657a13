"""Metrics have closed label sets: no caller makes a new one."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.metrics import Metrics


def metrics() -> Metrics:
    return Metrics(["get_authors"], ["forbidden"], [4401], "1.0.0;abc")


def samples(found: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(found.render().decode())
    return {(one.name, tuple(sorted(one.labels.values()))): one.value for family in families for one in family.samples}


def test_a_code_that_nobody_declared_counts_as_other() -> None:
    found = metrics()
    for code in ("ok", "forbidden", "made-up-1", "made-up-2"):
        found.observe("http", "get_authors", code, 0.01)
    values = samples(found)
    assert values["stele_requests_total", ("get_authors", "http", "ok")] == 1
    assert values["stele_requests_total", ("forbidden", "get_authors", "http")] == 1
    assert values["stele_requests_total", ("get_authors", "http", "other")] == 2


def test_an_operation_that_is_none_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        metrics().observe("http", "no_such", "ok", 0.1)


def test_sockets_are_counted_up_and_down_and_by_close_code() -> None:
    found = metrics()
    for code in (4401, 1000, 3999):
        found.socket_opened()
        found.socket_closed(code)
    found.socket_opened()
    values = samples(found)
    assert values["stele_sockets", ()] == 1
    assert values["stele_sockets_closed_total", ("4401",)] == values["stele_sockets_closed_total", ("other",)] == 1


def test_drops_and_breakers_are_seen() -> None:
    found = metrics()
    found.audit_dropped(3)
    found.breaker("keycloak", "closed", "open")
    assert samples(found)["stele_audit_dropped_total", ()] == 3
    assert samples(found)["stele_breaker_state", ("keycloak",)] == 2
