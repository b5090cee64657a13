"""Metrics of workers become those of a node: sums, except of what they share, and no counter falls when a worker goes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from app.serving.joining import Joiner
from generated.product import NAME


def exposition(requests: int, sockets: int, breaker: int, began: int, door: str = "http") -> bytes:
    registry = CollectorRegistry()
    Counter(f"{NAME}_requests_total", "Requests.", ("door",), registry=registry).labels(door).inc(requests)
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


def test_one_worker_is_as_it_is() -> None:
    assert values(Joiner().join({1: exposition(3, 5, 1, 100)}, [1])) == values(exposition(3, 5, 1, 100))


def test_what_a_worker_has_counted_stays_when_it_goes_and_its_gauges_go_with_it() -> None:
    joiner = Joiner()
    joiner.join({1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 0, 100)}, [1, 2])
    after = values(joiner.join({2: exposition(5, 1, 0, 100), 3: exposition(0, 0, 0, 200)}, [2, 3]))
    assert (after["requests_total:http"], after["request_seconds_count"], after["sockets"]) == (8, 8, 1)


def test_what_only_a_worker_that_has_gone_counted_stays_and_is_counted_on() -> None:
    joiner = Joiner()
    joiner.join({1: exposition(3, 5, 0, 100, door="ws")}, [1])
    for _ in range(2):
        after = values(joiner.join({2: exposition(4, 1, 0, 200)}, [2]))
        assert (after["requests_total:ws"], after["requests_total:http"]) == (3, 4)
    assert values(joiner.join({}, []))["requests_total:http"] == 4
    again = values(joiner.join({3: exposition(2, 1, 0, 300, door="ws")}, [3]))
    assert (again["requests_total:ws"], again["request_seconds_count"]) == (5, 9)


def test_a_worker_that_does_not_answer_counts_as_it_last_did() -> None:
    joiner = Joiner()
    joiner.join({1: exposition(3, 5, 0, 100), 2: exposition(4, 1, 0, 100)}, [1, 2])
    assert values(joiner.join({1: exposition(4, 5, 0, 100)}, [1, 2]))["requests_total:http"] == 8
