"""Events by topic, their lag, and the last state of the outbox."""

from __future__ import annotations

from app.telemetry.metrics.metrics import Metrics
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


def test_events_are_counted_by_topic_and_only_those_of_a_known_age_have_a_lag() -> None:
    found = Metrics(KNOWN)
    found.events.published("artists")
    for lag_s in (0.004, None, -3.0):
        found.events.received("artists", lag_s)
    found.events.missed("artists", 7)
    found.events.read_failed()
    values = samples(found)
    assert values[f"{NAME}_events_published_total", ("artists",)] == 1
    assert values[f"{NAME}_events_received_total", ("artists",)] == 3
    assert values[f"{NAME}_events_missed_total", ("artists",)] == 7
    assert values[f"{NAME}_event_lag_seconds_count", ("artists",)] == 2
    assert values[f"{NAME}_event_lag_seconds_sum", ("artists",)] == 0.004
    assert values[f"{NAME}_event_read_failures_total", ()] == 1


def test_the_outbox_s_depth_and_age_are_the_last_that_were_measured() -> None:
    found = Metrics(KNOWN)
    for depth in ((3, 1.5), (2, 0.5)):
        found.events.outbox_depth(*depth)
    assert samples(found)[f"{NAME}_event_outbox_rows", ()] == 2
    assert samples(found)[f"{NAME}_event_outbox_age_seconds", ()] == 0.5
