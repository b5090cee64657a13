"""A turn of the loop is as long as what is done in it."""

from __future__ import annotations

import asyncio

from app.admission.turns import Turns


async def test_whole_turns_are_measured_and_the_mean_begins_anew() -> None:
    now = 0.0
    turns = Turns(lambda: now)
    assert turns.mean_s() is None
    for takes_s in (1.0, 3.0):
        turns.measure()
        now += 100  # Of this turn it is the rest.
        await asyncio.sleep(0)
        turns.measure()
        now += takes_s
        await asyncio.sleep(0)
    assert (turns.mean_s(), turns.mean_s()) == (2, None)
