"""Buckets count what is at most their bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram

from app.telemetry.metrics.catalogue import REQUEST_BOUNDS
from app.telemetry.metrics.values import Count, Times

seconds = st.one_of(st.floats(0, 100), st.sampled_from(REQUEST_BOUNDS))


@given(st.lists(seconds, max_size=50))
def test_a_histogram_says_what_the_field_s_own_says(observed: list[float]) -> None:
    ours = Times(REQUEST_BOUNDS)
    theirs = Histogram("t", "t", buckets=REQUEST_BOUNDS, registry=CollectorRegistry())
    for one in observed:
        ours.observe(one)
        theirs.observe(one)
    told = {one.labels["le"]: one.value for one in next(iter(theirs.collect())).samples if one.name == "t_bucket"}
    assert dict(ours.cumulative()) == told
    assert ours.total_s == sum(observed)


def test_a_count_begins_with_nothing() -> None:
    assert Count().value == 0
