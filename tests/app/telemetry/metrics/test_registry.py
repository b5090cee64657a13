"""A child is made once; a value that its label does not know is a fault of the code, wherever it comes from."""

from __future__ import annotations

import pytest

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.family import Words
from app.telemetry.metrics.registry import Registry, UnknownLabel, Vocabulary


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
