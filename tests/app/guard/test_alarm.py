"""One timer, moved often and set rarely."""

from __future__ import annotations

import asyncio

from app.guard.alarm import Alarm


async def test_it_rings_once_at_the_moment_it_was_last_moved_to() -> None:
    loop, rings = asyncio.get_running_loop(), list[float]()
    alarm = Alarm(loop, lambda: rings.append(loop.time()))
    begun = loop.time()
    for _ in range(5):
        alarm.within(0.1)
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    assert len(rings) == 1
    assert rings[0] - begun >= 0.3
    assert not alarm.is_set


async def test_it_may_be_moved_to_an_earlier_moment() -> None:
    rings = list[bool]()
    alarm = Alarm(asyncio.get_running_loop(), lambda: rings.append(True))
    alarm.within(60)
    alarm.within(0.01)
    await asyncio.sleep(0.2)
    assert rings == [True]


async def test_it_is_silent_once_cleared_or_stopped_and_can_be_set_again() -> None:
    rings = list[bool]()
    alarm = Alarm(asyncio.get_running_loop(), lambda: rings.append(True))
    alarm.within(0.01)
    alarm.clear()
    await asyncio.sleep(0.1)
    assert rings == []
    alarm.within(0.01)
    await asyncio.sleep(0.1)
    assert rings == [True]
    alarm.within(0.01)
    alarm.stop()
    await asyncio.sleep(0.1)
    assert rings == [True]
