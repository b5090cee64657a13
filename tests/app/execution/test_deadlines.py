"""A deadline becomes Timeout; every other cancellation stays what it is."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from app.execution.deadlines import TICK_S, Deadlines
from generated.errors import OutcomeUnknown, Timeout


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


async def test_what_the_end_means_can_be_said_on_the_way() -> None:
    async def work() -> None:
        with Deadlines().watch(0.05) as watch:
            watch.error = OutcomeUnknown
            await asyncio.sleep(30)

    with pytest.raises(OutcomeUnknown):
        await work()


async def test_work_that_ends_in_spite_of_its_deadline_is_not_cut_later() -> None:
    with Deadlines().watch(0.05), contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(30)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


@pytest.mark.parametrize(("timeout_s", "ticks"), [(0.0, 1), (0.04, 1), (0.05, 1), (0.12, 3)])
async def test_a_deadline_is_rounded_up_to_the_sweeper_s_tick(timeout_s: float, ticks: int) -> None:
    loop, deadlines = asyncio.get_running_loop(), Deadlines()
    before = loop.time()
    with deadlines.watch(timeout_s) as watch:
        after = loop.time()
    deadlines.stop()
    assert before + ticks * TICK_S <= watch.due <= after + ticks * TICK_S


async def test_who_leaves_in_time_is_not_cut_and_the_next_of_the_same_length_is() -> None:
    """Also after the sweeper has had nothing to do, and stopped."""
    deadlines = Deadlines()

    async def cut() -> None:
        with deadlines.watch(20) as watch:
            watch.due = 0.0
            await asyncio.sleep(30)

    for _ in range(2):
        with deadlines.watch(20):
            await asyncio.sleep(0)
        with pytest.raises(Timeout):
            await cut()
        await asyncio.sleep(4 * TICK_S)


async def test_of_two_deadlines_of_one_length_each_has_its_own_time() -> None:
    deadlines = Deadlines()

    async def work() -> None:
        with pytest.raises(Timeout), deadlines.watch(0.3):
            await asyncio.sleep(30)

    first = asyncio.create_task(work())
    await asyncio.sleep(0.15)
    second = asyncio.create_task(work())
    async with asyncio.timeout(20):
        await first
        await second


async def test_what_was_watched_when_all_was_stopped_goes_on_and_what_comes_then_has_its_deadline() -> None:
    deadlines = Deadlines()
    with deadlines.watch(0.05):
        deadlines.stop()
        await asyncio.sleep(4 * TICK_S)
    deadlines.stop()
    with pytest.raises(Timeout), deadlines.watch(0.05):
        await asyncio.sleep(30)


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
