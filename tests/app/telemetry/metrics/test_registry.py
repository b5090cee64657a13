"""A child is made once; a value that its label does not know is a fault of the code, wherever it comes from."""

from __future__ import annotations

from functools import partial

import pytest

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.exposition import OPENMETRICS
from app.telemetry.metrics.family import Words
from app.telemetry.metrics.registry import Registry, UnknownLabel, Vocabulary
from app.telemetry.metrics.traced_values import TracedTimes
from app.telemetry.traceparent import Traceparent
from generated.product import NAME


def test_a_child_is_the_same_each_time() -> None:
    registry = Registry()
    assert registry.count(Catalogue.BREAKER_STATE, "redis") is registry.count(Catalogue.BREAKER_STATE, "redis")
    assert registry.times(Catalogue.LOOP_LAG) is registry.times(Catalogue.LOOP_LAG)


@pytest.mark.parametrize("values", [("mysql",), ("redis", "more"), ()])
def test_a_value_that_is_none_makes_no_series(values: tuple[str, ...]) -> None:
    registry = Registry()
    with pytest.raises(ValueError):  # noqa: PT011  # too many and too few values have zip's own
        registry.count(Catalogue.BREAKER_STATE, *values)
    assert b"mysql" not in registry.render()


def test_the_contract_s_words_are_asked_for_too() -> None:
    registry = Registry(Vocabulary({Words.TOPICS: frozenset({"artists"})}))
    registry.count(Catalogue.EVENTS_MISSED, "artists")
    with pytest.raises(UnknownLabel):
        registry.count(Catalogue.EVENTS_MISSED, "authors")


def test_what_others_keep_is_judged_alike() -> None:
    registry = Registry()
    registry.read(Catalogue.REFUSED, lambda: {("gate", "weather"): 1.0})
    with pytest.raises(UnknownLabel):
        registry.render()


def test_the_process_is_told_only_where_somebody_asked_for_it() -> None:
    registry = Registry()
    assert b"process_open_fds" not in registry.render()
    registry.read_process()
    assert b"process_open_fds" in registry.render()


def test_exemplars_are_told_beside_the_samples_and_in_openmetrics_with_them() -> None:
    span = Traceparent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", is_sampled=True)
    registry = Registry(times=partial(TracedTimes, current=lambda: span))
    registry.times(Catalogue.REDIS_COMMAND_SECONDS, "evalsha").observe(0.0004)
    registry.times(Catalogue.REDIS_COMMAND_SECONDS, "set")
    (told,) = registry.exemplars()
    assert (told.name, told.labels) == (f"{NAME}_redis_command_seconds_bucket", {"command": "evalsha", "le": "0.0005"})
    assert (told.exemplar.labels["trace_id"], told.exemplar.value) == (span.trace_id, 0.0004)
    lines = [one for one in registry.render(OPENMETRICS).decode().splitlines() if span.trace_id in one]
    assert len(lines) == 1
    assert lines[0].startswith(f'{told.name}{{command="evalsha",le="0.0005"}} 1.0 # {{')
    assert span.trace_id.encode() not in registry.render()
