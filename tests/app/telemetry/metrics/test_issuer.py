"""What Keycloak was asked, by purpose and outcome."""

from __future__ import annotations

import pytest

from app.telemetry.metrics.metrics import Metrics
from app.telemetry.metrics.registry import UnknownLabel
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


async def test_a_fetch_is_counted_with_its_end() -> None:
    found = Metrics(KNOWN)

    async def good() -> bytes:
        return b"keys"

    async def bad() -> bytes:
        raise ConnectionError

    assert await found.issuer.measured("jwks", good)() == b"keys"
    with pytest.raises(ConnectionError):
        await found.issuer.measured("jwks", bad)()
    values = samples(found)
    assert values[f"{NAME}_issuer_requests_total", ("jwks", "ok")] == 1
    assert values[f"{NAME}_issuer_requests_total", ("failed", "jwks")] == 1
    assert values[f"{NAME}_issuer_request_seconds_count", ("jwks",)] == 2


def test_what_was_not_asked_has_no_time() -> None:
    found = Metrics(KNOWN)
    found.issuer.unasked("login")
    assert samples(found)[f"{NAME}_issuer_requests_total", ("login", "unasked")] == 1
    assert samples(found)[f"{NAME}_issuer_request_seconds_count", ("login",)] == 0


def test_another_outcome_is_a_fault_of_the_code() -> None:
    with pytest.raises(UnknownLabel):
        Metrics(KNOWN).issuer.answered("login", "maybe", 0.1)
