"""What runs together ends together, also where something swallows a cancellation."""

from __future__ import annotations

import asyncio

import pytest

from app.supervision.together import together


async def fail() -> None:
    await asyncio.sleep(0)
    raise LookupError("gone")


async def swallow_one() -> None:
    """As a library that takes a cancellation for a timeout of its own."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)


async def test_the_failure_of_one_ends_the_others_and_is_raised() -> None:
    async with asyncio.timeout(10):
        with pytest.raises(LookupError, match="gone"):
            await together(swallow_one(), fail(), asyncio.sleep(60))


async def test_a_cancellation_ends_all_of_them() -> None:
    running = asyncio.create_task(together(swallow_one(), swallow_one()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    async with asyncio.timeout(10):
        await asyncio.wait([running])
    assert running.cancelled()
    assert asyncio.all_tasks() == {asyncio.current_task()}
