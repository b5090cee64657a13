"""A loop that stands still is seen; tasks that end are counted."""

from __future__ import annotations

import asyncio
import time

from app.telemetry.metrics.metrics import Metrics
from app.telemetry.metrics.node import LOOK_S
from generated.product import NAME
from tests.app.telemetry.metrics.test_metrics import KNOWN, samples


async def test_a_loop_that_stands_still_is_late() -> None:
    found = Metrics(KNOWN)
    watching = asyncio.create_task(found.node.watch_loop())
    await asyncio.sleep(LOOK_S / 2)
    time.sleep(2 * LOOK_S)  # noqa: ASYNC251  # to stand still is what is tested
    await asyncio.sleep(0.05)
    watching.cancel()
    values = samples(found)
    assert values[f"{NAME}_loop_lag_seconds_count", ()] == 1
    assert values[f"{NAME}_loop_lag_seconds_sum", ()] > LOOK_S


def test_a_task_that_ends_is_counted_by_its_name() -> None:
    found = Metrics(KNOWN)
    found.node.task_ended("audit-writer")
    assert samples(found)[f"{NAME}_task_ends_total", ("audit-writer",)] == 1
