"""What has arrived and waits is bounded by the delay that it causes."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admission import gate as module
from app.admission.gate import Arrival, Gate
from app.admission.shares import RETRY_S
from app.admission.tally import Refused, Tally
from generated.operations import Priority

HERE, THERE = "192.0.2.1", "2001:db8::/64"


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
    assert not gate.is_full_for(Priority.SESSION, HERE)
    gate.in_flight += 1
    assert gate.is_full_for(Priority.SESSION, HERE)
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
        while gate.in_flight < 2 * module.MAX_LIMIT and not gate.is_full_for(priority, HERE):
            gate.in_flight += 1
        refused[priority] = gate.in_flight
    assert list(refused) == sorted(refused, key=lambda one: -refused[one])
    assert refused[Priority.HEALTH] == 2 * module.MAX_LIMIT
    gate.in_flight = module.MAX_LIMIT
    assert gate.refuses(b"/api/artists", b"GET", HERE) in RETRY_S
    assert gate.refuses(b"/livez", b"GET", HERE) is None


def fill(gate: Gate, priority: Priority, address: str) -> int:
    """How many more of this class the address is let in for."""
    count = 0
    while not gate.is_full_for(priority, address):
        gate.arrived(address)
        count += 1
    return count


@pytest.mark.survives("D22")
@pytest.mark.parametrize("delays", [[], [0.1] * 100], ids=["calm", "slow"])
def test_an_address_leaves_half_of_the_bound_to_the_others(delays: list[float]) -> None:
    """One address sends as much as is let in, on a node that keeps up and on one that is slow. Others find half of the bound free,
    and while more than half is taken an address is refused from a quarter on."""
    tally = Tally()
    gate = after(delays, tally)
    assert fill(gate, Priority.SESSION, HERE) == gate.limit / 2
    assert fill(gate, Priority.SESSION, THERE) == gate.limit / 4
    assert gate.is_full_for(Priority.SESSION, HERE)
    while gate._of[HERE] >= gate.limit / 4:
        gate.answered(HERE)
    gate.arrived("203.0.113.1")
    assert fill(gate, Priority.SESSION, HERE) == 1
    assert {reason for reason, count in tally.counts().items() if count} == {Refused.GATE_ADDRESS}


def test_an_address_that_has_its_part_gets_its_urgent_requests_in_first() -> None:
    gate = after([])
    classes = [Priority.BULK, Priority.WRITE, Priority.READ, Priority.SESSION]
    assert all(fill(gate, priority, HERE) > 0 for priority in classes)
    assert not gate.is_full_for(Priority.HEALTH, HERE)


@given(st.lists(st.tuples(st.sampled_from([HERE, THERE, ""]), st.integers(0, 3)), max_size=60))
def test_what_is_counted_is_what_has_arrived_and_is_neither_answered_nor_at_rest(steps: list[tuple[str, int]]) -> None:
    """Whatever arrives, comes to its work, rests, goes on and is answered in whatever order: the counts of each address are exact, their sums
    are all that is in flight and all that is coming, and when all are answered no entry is left."""
    gate = Gate()
    here: list[tuple[str, Arrival]] = []
    resting: list[tuple[str, Arrival]] = []
    has_come: set[Arrival] = set()
    for address, step in steps:
        own = next((one for one in here if one[0] == address), None)
        if step == 0:
            here.append((address, gate.arrived(address)))
        elif own is not None:
            match step:
                case 1:
                    gate.rests(address)
                    here.remove(own)
                    resting.append(own)
                case 2:
                    own[1].answered()
                    here.remove(own)
                case 3:
                    own[1].has_come()
                    has_come.add(own[1])
        coming = Counter(address for address, arrival in here + resting if arrival not in has_come)
        assert gate._of == Counter(address for address, _ in here)
        assert gate.in_flight == len(here)
        assert (gate.coming, gate._coming) == (coming.total(), coming)
    for address, _ in resting:
        gate.goes_on(address)
    for _, arrival in here + resting:
        arrival.answered()
    assert (gate._of, gate.in_flight, gate._coming, gate.coming) == ({}, 0, {}, 0)


@pytest.mark.survives("D22")
def test_while_work_waits_too_long_only_probes_and_sessions_come_in() -> None:
    """Work waits longer than it may: arrivals are refused before anything is done for them, but for probes and renewed sessions."""
    tally = Tally()
    gate = Gate(
        {b"/livez": Priority.HEALTH, b"/auth/refresh": Priority.SESSION},
        is_backed_up_for=lambda priority, own, coming, addresses: True,
        tally=tally,
    )
    verdicts = {path: gate.refuses(path, b"POST", HERE) for path in (b"/livez", b"/auth/refresh", b"/api/artists")}
    assert verdicts[b"/livez"] is None
    assert verdicts[b"/auth/refresh"] is None
    assert verdicts[b"/api/artists"] in RETRY_S
    assert gate.is_full_for(Priority.READ, HERE)
    assert tally.counts()[Refused.GATE_BACKLOG] == 2
