"""Metrics have closed label sets: no caller makes a new one."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.metrics import Metrics


def metrics() -> Metrics:
    return Metrics(["get_artists"], ["forbidden"], [4401], "1.0.0;abc")


def samples(found: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(found.render().decode())
    return {(one.name, tuple(sorted(one.labels.values()))): one.value for family in families for one in family.samples}


def test_a_code_that_nobody_declared_counts_as_other() -> None:
    found = metrics()
    for code in ("ok", "forbidden", "made-up-1", "made-up-2"):
        found.observe("http", "get_artists", code, 0.01)
    values = samples(found)
    assert values["stele_requests_total", ("get_artists", "http", "ok")] == 1
    assert values["stele_requests_total", ("forbidden", "get_artists", "http")] == 1
    assert values["stele_requests_total", ("get_artists", "http", "other")] == 2


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
    assert {samples(found)["stele_breaker_state", (name,)] for name in ("keycloak", "redis")} == {0}
    found.breaker("keycloak", "closed", "open")
    assert samples(found)["stele_audit_dropped_total", ()] == 3
    assert samples(found)["stele_breaker_state", ("keycloak",)] == 2


def test_the_outbox_s_depth_and_age_are_the_last_that_were_measured() -> None:
    found = metrics()
    for depth in ((3, 1.5), (2, 0.5)):
        found.outbox_depth(*depth)
    assert samples(found)["stele_event_outbox_rows", ()] == 2
    assert samples(found)["stele_event_outbox_age_seconds", ()] == 0.5


def test_no_number_of_strange_codes_makes_more_than_one_new_series() -> None:
    found = metrics()
    found.observe("http", "get_artists", "made-up", 0.01)
    found.socket_closed(1999)
    before = samples(found)
    for number in range(1000):
        found.observe("http", "get_artists", f"made-up-{number}", 0.01)
        found.socket_closed(2000 + number)
    after = samples(found)
    assert set(after) == set(before)
    assert after["stele_requests_total", ("get_artists", "http", "other")] == 1001
    assert after["stele_sockets_closed_total", ("other",)] == 1001


def test_every_label_s_values_are_known_before_the_first_request() -> None:
    families = text_string_to_metric_families(metrics().render().decode())
    found: dict[str, set[str]] = {}
    for family in families:
        for one in family.samples:
            for name, value in one.labels.items():
                found.setdefault(f"{family.name} {name}", set()).add(value)
    assert found["stele_requests operation"] == found["stele_request_seconds operation"] == {"get_artists"}
    assert found["stele_requests door"] == found["stele_request_seconds door"] == {"http", "websocket"}
    assert found["stele_requests code"] == {"ok"}
    assert {"4401", "1000", "other"} <= found["stele_sockets_closed code"]


@pytest.mark.parametrize("door", ["ftp", ""])
def test_a_door_that_is_none_is_an_error_of_ours(door: str) -> None:
    with pytest.raises(KeyError):
        metrics().observe(door, "get_artists", "ok", 0.1)


def test_two_workers_parts_do_not_share_a_registry() -> None:
    first, second = metrics(), metrics()
    first.limiter_down()
    assert samples(first)["stele_limiter_down_total", ()] == 1
    assert samples(second)["stele_limiter_down_total", ()] == 0


def test_a_counter_that_somebody_else_keeps_is_read_with_the_others() -> None:
    metrics = Metrics([], [], [], "")
    metrics.count_log_drops(lambda: 7)
    assert "stele_log_lines_dropped_total 7.0" in metrics.render().decode()


def test_what_the_process_holds_is_told() -> None:
    metrics = Metrics([], [], [], "")
    metrics.count_tasks(lambda: 12)
    told = metrics.render().decode()
    assert "stele_tasks 12.0" in told
    assert float(told.partition("\nprocess_resident_memory_bytes ")[2].split("\n")[0]) > 1 << 20
    assert float(told.partition("\nprocess_open_fds ")[2].split("\n")[0]) >= 3
