"""Probes: the process lives; it is ready only while it can serve."""

from __future__ import annotations

from typing import Any

import pytest

from app.features.system.handler import System
from generated.errors import Unavailable
from generated.models import HealthRequest, LivezRequest, ReadyzRequest
from generated.operations import CONTRACT_HASH


def system(*, is_ready: bool) -> System:
    return System(lambda: is_ready)


async def test_not_ready_is_unavailable_and_says_when_to_come_again() -> None:
    context: Any = None
    await system(is_ready=True).readyz(context, ReadyzRequest())
    with pytest.raises(Unavailable) as caught:
        await system(is_ready=False).readyz(context, ReadyzRequest())
    assert caught.value.retry_after_s == 1


async def test_alive_asks_nobody() -> None:
    context: Any = None
    await system(is_ready=False).livez(context, LivezRequest())


async def test_health_says_which_contract_it_speaks() -> None:
    context: Any = None
    good = await system(is_ready=True).health(context, HealthRequest())
    bad = await system(is_ready=False).health(context, HealthRequest())
    assert CONTRACT_HASH in good.contract
    assert (str(good.status), str(bad.status)) == ("ok", "degraded")
