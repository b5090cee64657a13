"""Metrics of workers become those of a node: sums, except of what they share, and no counter falls when a worker goes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Exemplar

from app.serving.joining import Joiner
from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.exposition import OPENMETRICS
from app.telemetry.metrics.family import Join, Kind
from app.telemetry.metrics.registry import Told
from generated.product import NAME


def exposition(requests: int, sockets: int, breaker: int, began: int) -> bytes:
    registry = CollectorRegistry()
    Counter(f"{NAME}_requests_total", "Requests.", ("door",), registry=registry).labels("http").inc(requests)
    Gauge(f"{NAME}_sockets", "Sockets.", registry=registry).set(sockets)
    Gauge(f"{NAME}_breaker_state", "State.", ("name",), registry=registry).labels("redis").set(breaker)
    Gauge("process_start_time_seconds", "Start.", registry=registry).set(began)
    seconds = Histogram(f"{NAME}_request_seconds", "Time.", registry=registry, buckets=(1.0,))
    for _ in range(requests):
        seconds.observe(0.5)
    return generate_latest(registry)


def values(text: bytes) -> dict[str, float]:
    """By the sample's name and the values of its labels."""
    return {
        ":".join((sample.name.removeprefix(f"{NAME}_"), *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_two_workers_are_one_node() -> None:
    joined = Joiner().join({1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 2, 90)}, [1, 2])
    assert values(joined) == {
        "requests_total:http": 7, "sockets": 6, "breaker_state:redis": 2, "process_start_time_seconds": 90,
        "request_seconds_bucket:1.0": 7, "request_seconds_bucket:+Inf": 7, "request_seconds_count": 7, "request_seconds_sum": 3.5,
    }  # fmt: skip


def test_how_near_the_limit_of_files_a_node_is_its_worst_worker_says() -> None:
    """The alert `FilesRunOut` and the panel of files divide the one by the other; added up, two workers at a half would be at the limit."""
    told: list[bytes] = []
    for opened in (500, 300):
        registry = CollectorRegistry()
        Gauge("process_open_fds", "Open.", registry=registry).set(opened)
        Gauge("process_max_fds", "At most.", registry=registry).set(1000)
        told.append(generate_latest(registry))
    assert values(Joiner().join(dict(enumerate(told)), [0, 1])) == {"process_open_fds": 500, "process_max_fds": 1000}


def test_one_worker_is_as_it_is() -> None:
    assert values(Joiner().join({1: exposition(3, 5, 1, 100)}, [1])) == values(exposition(3, 5, 1, 100))


def test_of_exemplars_the_youngest_is_the_node_s_and_text_has_none() -> None:
    labels = {"le": "1.0"}
    told = [
        Told(f"{NAME}_request_seconds_bucket", labels, Exemplar({"trace_id": trace_id}, 0.5, at))
        for trace_id, at in (("older", 1.0), ("youngest", 3.0), ("between", 2.0))
    ]
    answers = {1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 2, 90)}
    joined = Joiner().join(answers, answers, OPENMETRICS, told).decode()
    lines = [one for one in joined.splitlines() if "trace_id" in one]
    assert lines == [f'{NAME}_request_seconds_bucket{{le="1.0"}} 7.0 # {{trace_id="youngest"}} 0.5 3.0']
    assert b"youngest" not in Joiner().join(answers, answers, exemplars=told)


def test_what_a_worker_has_counted_stays_when_it_goes_and_its_gauges_go_with_it() -> None:
    joiner = Joiner()
    joiner.join({1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 0, 100)}, [1, 2])
    after = values(joiner.join({2: exposition(5, 1, 0, 100), 3: exposition(0, 0, 0, 200)}, [2, 3]))
    assert (after["requests_total:http"], after["request_seconds_count"], after["sockets"]) == (8, 8, 1)


def test_what_only_the_gone_have_counted_is_told_all_the_same() -> None:
    """A counter that disappears and begins anew at nothing is a fall, and `increase` over it is wrong."""
    registry = CollectorRegistry()
    Counter(f"{NAME}_rare_total", "Rare.", ("code",), registry=registry).labels("internal").inc(2)
    joiner = Joiner()
    joiner.join({1: generate_latest(registry), 2: exposition(1, 0, 0, 100)}, [1, 2])
    for _ in range(2):
        after = values(joiner.join({2: exposition(1, 0, 0, 100)}, [2]))
        assert (after["rare_total:internal"], after["requests_total:http"]) == (2, 1)


def test_a_worker_that_does_not_answer_counts_as_it_last_did() -> None:
    joiner = Joiner()
    joiner.join({1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 0, 100)}, [1, 2])
    assert values(joiner.join({1: exposition(4, 5, 0, 100)}, [1, 2]))["requests_total:http"] == 8


def test_every_family_of_the_catalogue_is_joined_as_it_says() -> None:
    """Two workers that tell 3 and 5 of each family."""
    told: list[bytes] = []
    for number in (3, 5):
        registry = CollectorRegistry()
        for one in Catalogue:
            if one.value.kind is Kind.GAUGE:
                Gauge(one.value.full_name, "x", registry=registry).set(number)
            elif one.value.kind is Kind.COUNTER:
                Counter(one.value.full_name, "x", registry=registry).inc(number)
            else:
                Histogram(one.value.full_name, "x", registry=registry).observe(number)
        told.append(generate_latest(registry))
    joined = {
        sample.name: sample.value
        for family in text_string_to_metric_families(Joiner().join(dict(enumerate(told)), [0, 1]).decode())
        for sample in family.samples
    }
    expected = {Join.SUM: 8, Join.GREATEST: 5, Join.LEAST: 3}
    for one in Catalogue:
        suffix = "_sum" if one.value.kind is Kind.HISTOGRAM else ""
        assert joined[one.value.full_name + suffix] == expected[one.value.join], one
    assert {one.name for one in Catalogue if one.value.join is not Join.SUM} == {
        "AUDIT_QUEUE_AGE", "AUDIT_SEAL_STALLED", "BREAKER_STATE", "EVENT_OUTBOX_ROWS", "EVENT_OUTBOX_AGE", "BUILD_INFO", "PROCESS_OPEN_FDS",
        "PROCESS_MAX_FDS", "PROCESS_START", "PART_READY", "TASK_FAILING",
    }  # fmt: skip
