"""A deadline becomes Timeout; every other cancellation stays what it is."""

from __future__ import annotations

import asyncio

import pytest

from app.execution.deadlines import TICK_S, Deadlines
from generated.errors import Timeout


async def test_work_in_time_is_left_alone() -> None:
    with Deadlines().watch(5):
        await asyncio.sleep(0)


async def test_work_past_its_deadline_ends_in_timeout_within_two_ticks() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(Timeout), Deadlines().watch(0.1):
        await asyncio.sleep(30)
    assert loop.time() - started < 0.1 + 20 * TICK_S
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_foreign_cancellation_passes_through() -> None:
    async def work() -> None:
        with Deadlines().watch(30):
            await asyncio.sleep(30)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_stopped_watch_never_cuts() -> None:
    with Deadlines().watch(0.05) as watch:
        watch.stop()
        await asyncio.sleep(4 * TICK_S)


async def test_a_slow_head_does_not_delay_a_shorter_deadline() -> None:
    deadlines = Deadlines()

    async def long() -> None:
        with deadlines.watch(20):
            await asyncio.sleep(20)

    task = asyncio.create_task(long())
    await asyncio.sleep(0)
    with pytest.raises(Timeout), deadlines.watch(0.05):
        await asyncio.sleep(20)
    task.cancel()
    deadlines.stop()
