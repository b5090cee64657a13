"""What has arrived and waits is bounded by the delay that it causes."""

from __future__ import annotations

import pytest

from app.admission import gate as module
from app.admission.gate import Gate
from app.admission.shares import RETRY_S
from app.admission.tally import Refused, Tally
from generated.operations import Priority


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def after(delays: list[float], tally: Tally | None = None) -> Gate:
    """A gate that heard one delay in each window."""
    clock = Clock()
    gate = Gate({b"/livez": Priority.HEALTH, b"/auth/refresh": Priority.SESSION}, tally=tally, clock=clock)
    for delay in delays:
        clock.now += module.WINDOW_S
        gate.began(delay)
    return gate


def test_a_node_that_keeps_up_refuses_nobody_below_its_bound() -> None:
    tally = Tally()
    gate = after([0.001] * 10, tally)
    gate.in_flight = module.MAX_LIMIT - 1
    assert not gate.is_full_for(Priority.SESSION)
    gate.in_flight += 1
    assert gate.is_full_for(Priority.SESSION)
    assert {reason: count for reason, count in tally.counts().items() if count} == {Refused.GATE_FULL: 1}


@pytest.mark.survives("D22")
def test_a_standing_delay_lowers_the_bound_and_its_end_raises_it() -> None:
    """Requests wait for their turn longer and longer: the node takes in fewer of them, until those it takes in are quick."""
    assert after([0.1] * 8).limit < module.MAX_LIMIT / 4
    assert after([0.1] * 100).limit == module.MIN_LIMIT
    assert after([0.1] * 100 + [0.001] * 100).limit == module.MAX_LIMIT


def test_one_slow_request_among_quick_ones_is_no_standing_delay() -> None:
    clock = Clock()
    gate = Gate(clock=clock)
    for _ in range(20):
        gate.began(0.5)
        clock.now += module.WINDOW_S
        gate.began(0.001)
    assert gate.limit == module.MAX_LIMIT


def test_the_less_urgent_is_refused_first_and_health_never() -> None:
    gate = after([])
    refused = {}
    for priority in Priority:
        gate.in_flight = 0
        while gate.in_flight < 2 * module.MAX_LIMIT and not gate.is_full_for(priority):
            gate.in_flight += 1
        refused[priority] = gate.in_flight
    assert list(refused) == sorted(refused, key=lambda one: -refused[one])
    assert refused[Priority.HEALTH] == 2 * module.MAX_LIMIT
    gate.in_flight = module.MAX_LIMIT
    assert gate.refuses(b"/api/artists", b"GET") in RETRY_S
    assert gate.refuses(b"/livez", b"GET") is None


@pytest.mark.survives("D22")
def test_while_work_waits_too_long_only_probes_and_sessions_come_in() -> None:
    """Work waits longer than it may: arrivals are refused before anything is done for them, but for probes and renewed sessions."""
    tally = Tally()
    gate = Gate(
        {b"/livez": Priority.HEALTH, b"/auth/refresh": Priority.SESSION}, is_backed_up=lambda: True, tally=tally
    )
    verdicts = {path: gate.refuses(path, b"POST") for path in (b"/livez", b"/auth/refresh", b"/api/artists")}
    assert verdicts[b"/livez"] is None
    assert verdicts[b"/auth/refresh"] is None
    assert verdicts[b"/api/artists"] in RETRY_S
    assert gate.is_full_for(Priority.READ)
    assert tally.counts()[Refused.GATE_BACKLOG] == 2
