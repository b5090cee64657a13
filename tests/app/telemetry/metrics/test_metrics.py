"""Metrics have closed label sets: no caller makes a new one. Every family of the catalogue is told, and no other."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.metrics import Known, Metrics
from generated.product import NAME

KNOWN = Known(
    operations=["get_artists"], codes=["forbidden"], close_codes=[4401], reasons=["expired"], buckets=["reads"], topics=["artists"],
    version="1.0.0", contract="abc",
)  # fmt: skip


def samples(found: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    families = text_string_to_metric_families(found.render().decode())
    return {(one.name, tuple(sorted(one.labels.values()))): one.value for family in families for one in family.samples}


def test_every_family_of_the_catalogue_is_told_and_no_other() -> None:
    told = {line.split()[2] for line in Metrics(Known()).render().decode().splitlines() if line.startswith("# TYPE")}
    assert told == {one.value.full_name for one in Catalogue}


def test_no_number_of_strange_values_makes_more_than_one_new_series() -> None:
    found = Metrics(KNOWN)

    def strange(number: int) -> None:
        found.requests.observe("http", "get_artists", f"made-up-{number}", 0.01)
        found.sockets.socket_opened("json")
        found.sockets.socket_closed(2000 + number)
        found.sockets.handshake_refused(f"made-up-{number}", "forbidden")
        found.redis.command(f"MADE-UP-{number}").observe(0.1)

    strange(0)
    before = samples(found)
    for number in range(1, 1000):
        strange(number)
    after = samples(found)
    assert set(after) == set(before)
    assert after[f"{NAME}_requests_total", ("get_artists", "http", "other")] == 1000
    assert after[f"{NAME}_sockets_closed_total", ("other",)] == 1000
    assert after[f"{NAME}_socket_handshakes_refused_total", ("forbidden",)] == 1000
    assert after[f"{NAME}_redis_command_seconds_count", ("other",)] == 1000


def test_every_label_s_values_are_known_before_the_first_request() -> None:
    families = text_string_to_metric_families(Metrics(KNOWN).render().decode())
    found: dict[str, set[str]] = {}
    for family in families:
        for one in family.samples:
            for name, value in one.labels.items():
                found.setdefault(f"{family.name.removeprefix(NAME)} {name}", set()).add(value)
    assert found["_requests operation"] == found["_request_seconds operation"] == {"get_artists"}
    assert found["_requests door"] == found["_request_seconds door"] == {"http", "websocket"}
    assert found["_requests code"] == {"ok"}
    assert {"4401", "1000", "other"} <= found["_sockets_closed code"]
    assert found["_build_info contract"] == {"abc"}


def test_a_number_that_somebody_else_keeps_is_read_with_the_others() -> None:
    found = Metrics(KNOWN)
    found.read(Catalogue.TASKS, lambda: 12)
    found.read(Catalogue.SUBSCRIPTIONS, lambda: {("artists",): 3.0})
    assert samples(found)[f"{NAME}_tasks", ()] == 12
    assert samples(found)[f"{NAME}_subscriptions", ("artists",)] == 3


def test_drops_are_counted() -> None:
    found = Metrics(KNOWN)
    found.audit_dropped(3)
    found.audit_left_out(2)
    assert samples(found)[f"{NAME}_audit_dropped_total", ()] == 3
    assert samples(found)[f"{NAME}_audit_left_out_total", ()] == 2


def test_two_workers_parts_do_not_share_a_registry() -> None:
    first, second = Metrics(KNOWN), Metrics(KNOWN)
    first.limiter.down()
    assert samples(first)[f"{NAME}_limiter_down_total", ()] == 1
    assert samples(second)[f"{NAME}_limiter_down_total", ()] == 0


@pytest.mark.parametrize("name", ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total"])
def test_what_the_process_holds_is_told(name: str) -> None:
    assert samples(Metrics(KNOWN))[name, ()] > 0
