"""Sockets are told when to come again, spread by chance, and closed in batches when nothing of theirs runs."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from app.ws.departure import MARGIN_S, SERVICE_RESTART, TOLD_PER_STEP, Departure
from app.ws.outbox import Outbox

SPREAD_S = 5.0


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Leaving:
    """A socket with the service's own outbox, whose peer takes everything."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.is_quiet = True
        self.told: list[int] = []
        self.outbox = Outbox(self._send, asyncio.get_running_loop())

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    def announce_end(self, reconnect_after_ms: int) -> None:
        self.told.append(reconnect_after_ms)

    @property
    def is_closed(self) -> bool:
        return self.outbox.close_code == SERVICE_RESTART


def departure(sockets: list[Leaving], clock: Clock) -> Departure:
    return Departure(lambda: sockets, clock=clock, spread=random.Random(7).uniform)


def step(one: Departure, *, most: int = 200, spread_s: float = SPREAD_S, is_over: bool = False) -> int:
    return one.step(spread_s=spread_s, most=most, is_over=is_over)


async def test_each_is_told_once_another_time_and_closed_no_sooner() -> None:
    """D26: within its time a socket is told nothing more and stays; a second after it the close is 1012."""
    clock, sockets = Clock(), [Leaving() for _ in range(100)]
    going = departure(sockets, clock)
    closed_at: dict[int, float] = {}
    for _ in range(80):
        assert step(going) == 100
        closed_at |= {index: clock.now for index, one in enumerate(sockets) if one.is_closed and index not in closed_at}
        clock.now += 0.1
    times = [one.told[0] for one in sockets]
    assert all(len(one.told) == 1 for one in sockets)
    assert len(set(times)) > 90
    assert (min(times) >= 0, max(times) <= SPREAD_S * 1000) == (True, True)
    assert max(times) - min(times) > SPREAD_S * 900
    for index, told_ms in enumerate(times):
        assert -0.001 <= closed_at[index] - 100.0 - told_ms / 1000 - MARGIN_S < 0.11
    assert sockets[0].sent == [{"type": "websocket.close", "code": SERVICE_RESTART, "reason": "service_restart"}]


async def test_no_more_than_a_batch_is_closed_in_a_step() -> None:
    clock, sockets = Clock(), [Leaving() for _ in range(450)]
    going = departure(sockets, clock)
    counts = []
    for _ in range(4):
        step(going, spread_s=0)
        counts.append(sum(one.is_closed for one in sockets))
    assert counts == [200, 400, 450, 450]


async def test_a_socket_whose_requests_run_is_closed_when_they_have_ended_or_the_time_is_over() -> None:
    clock, sockets = Clock(), [Leaving(), Leaving()]
    going = departure(sockets, clock)
    for one in sockets:
        one.is_quiet = False
    step(going)
    clock.now += SPREAD_S + MARGIN_S
    step(going)
    assert [one.is_closed for one in sockets] == [False, False]
    sockets[0].is_quiet = True
    step(going)
    assert [one.is_closed for one in sockets] == [True, False]
    step(going, is_over=True)
    assert sockets[1].is_closed


async def test_one_that_opens_late_is_told_and_one_that_has_gone_is_forgotten() -> None:
    clock, sockets = Clock(), [Leaving()]
    going = departure(sockets, clock)
    step(going)
    sockets[:] = [late := Leaving()]
    assert step(going) == 1
    assert len(late.told) == 1
    sockets.clear()
    assert step(going) == 0


async def test_thousands_are_told_over_several_steps() -> None:
    clock, sockets = Clock(), [Leaving() for _ in range(TOLD_PER_STEP + 1)]
    going = departure(sockets, clock)
    step(going)
    assert sum(len(one.told) for one in sockets) == TOLD_PER_STEP
    step(going)
    assert all(len(one.told) == 1 for one in sockets)


@pytest.mark.parametrize("code", [4430, 1006])
async def test_a_close_that_was_said_stands(code: int) -> None:
    clock, sockets = Clock(), [Leaving()]
    sockets[0].outbox.close(code, "")
    step(departure(sockets, clock), is_over=True)
    assert sockets[0].outbox.close_code == code


async def test_that_it_begins_is_said_once_before_anybody_is_told() -> None:
    said: list[list[int]] = []
    one = Leaving()
    going = Departure(lambda: [one], on_begin=lambda: said.append(list(one.told)))
    step(going)
    step(going)
    assert said == [[]]
