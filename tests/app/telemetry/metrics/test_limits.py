"""Breakers' states and the limiter's decisions."""

from __future__ import annotations

from app.telemetry.metrics.metrics import Metrics
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


def test_breakers_are_closed_at_first_and_their_moves_are_counted() -> None:
    found = Metrics(KNOWN)
    assert {samples(found)[f"{NAME}_breaker_state", (name,)] for name in ("keycloak", "redis")} == {0}
    for old, new in (("closed", "open"), ("open", "half-open"), ("half-open", "open")):
        found.breakers.moved("keycloak", old, new)
    values = samples(found)
    assert values[f"{NAME}_breaker_state", ("keycloak",)] == 2
    assert values[f"{NAME}_breaker_transitions_total", ("keycloak", "open")] == 2
    assert values[f"{NAME}_breaker_transitions_total", ("half-open", "keycloak")] == 1


def test_decisions_are_counted_by_bucket() -> None:
    found = Metrics(KNOWN)
    found.limiter.decided("reads", "refused")
    found.limiter.down()
    assert samples(found)[f"{NAME}_limiter_decisions_total", ("reads", "refused")] == 1
    assert samples(found)[f"{NAME}_limiter_down_total", ()] == 1
