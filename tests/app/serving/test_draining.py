"""A worker ends step by step, each step at its time, and no later than promised, whatever its callers do."""

from __future__ import annotations

import pytest

from app.serving.draining import BATCH, LATE_S, LEAST_BATCH, REQUESTS_S, Draining, Plan, State


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Recorded:
    """Parts that write down what they are told; `sockets` are open, and something runs unless `is_idle`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.dismissed: list[tuple[float, int, bool]] = []
        self.sockets = 0
        self.is_idle = False

    def announce(self) -> None:
        self.told.append("announce")

    def expect_end(self) -> None:
        self.told.append("expect end")

    def take_nobody(self) -> None:
        self.told.append("take nobody")

    def dismiss(self, *, spread_s: float, most: int, is_over: bool) -> int:
        self.dismissed.append((spread_s, most, is_over))
        return self.sockets


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts() -> Recorded:
    return Recorded()


@pytest.mark.survives("D26")
def test_it_announces_goes_on_for_a_while_and_then_takes_nobody(clock: Clock, parts: Recorded) -> None:
    """D26: readiness falls first; the port is closed and the sockets are told after 5 s and no sooner; it is over once nobody is left."""
    draining = Draining(Plan(5.0), parts, clock=clock)
    draining.begin(is_expected=True)
    assert not draining.turn()
    clock.now += 4.9
    assert not draining.turn()
    assert (parts.told, parts.dismissed) == (["announce", "expect end"], [])
    clock.now += 0.1
    assert not draining.turn()
    assert (parts.told[2:], parts.dismissed) == (["take nobody"], [(5.0, BATCH, False)])
    parts.is_idle = True
    assert draining.turn()
    assert draining.state is State.IS_OVER


@pytest.mark.parametrize(("accept_s", "is_expected"), [(0.0, True), (5.0, False)])
def test_without_a_while_nobody_is_taken_at_once(
    clock: Clock, parts: Recorded, accept_s: float, is_expected: bool
) -> None:
    """In development, and where another worker has taken the place: then the node stays ready."""
    draining = Draining(Plan(accept_s), parts, clock=clock)
    draining.begin(is_expected=is_expected)
    parts.is_idle = True
    assert draining.turn()
    assert parts.told == [*(["announce"] if is_expected else []), "expect end", "take nobody"]


def test_what_runs_has_ten_seconds(clock: Clock, parts: Recorded) -> None:
    draining = Draining(Plan(), parts, clock=clock)
    draining.begin(is_expected=True)
    assert not draining.turn()
    clock.now += REQUESTS_S - 0.1
    assert not draining.turn()
    clock.now += 0.1
    assert draining.turn(), "no socket is left, and what HTTP still owes is cut"


def test_sockets_whose_requests_do_not_end_are_closed_late_and_in_batches(clock: Clock, parts: Recorded) -> None:
    parts.sockets = 3 * BATCH
    draining = Draining(Plan(), parts, clock=clock)
    draining.begin(is_expected=True)
    draining.turn()
    clock.now += REQUESTS_S
    for _ in range(3):
        assert not draining.turn()
        parts.sockets -= BATCH
        clock.now += 0.1
    assert [is_over for *_, is_over in parts.dismissed] == [False, True, True, True]
    assert draining.turn()


def test_sockets_that_do_not_go_hold_up_nobody(clock: Clock, parts: Recorded) -> None:
    parts.sockets = 1
    draining = Draining(Plan(), parts, clock=clock)
    draining.begin(is_expected=True)
    draining.turn()
    clock.now += REQUESTS_S + LATE_S
    assert draining.turn()


def test_to_begin_again_changes_nothing(clock: Clock, parts: Recorded) -> None:
    draining = Draining(Plan(5.0), parts, clock=clock)
    for _ in range(2):
        draining.begin(is_expected=True)
        clock.now += 3
    assert not draining.turn() or parts.told.count("announce") == 1
    assert parts.told == ["announce", "expect end", "take nobody"]


def test_before_it_begins_a_turn_does_nothing(clock: Clock, parts: Recorded) -> None:
    assert not Draining(Plan(), parts, clock=clock).turn()
    assert parts.told == []


@pytest.mark.survives("D26")
def test_a_node_has_ended_within_25_s_and_its_workers_share_a_batch() -> None:
    """D26: whatever does not end is cut, so that a node with the setting of production is gone within 25 s; a batch is the node's."""
    assert Plan(5.0).ends_within_s < 25
    assert [Plan(0, workers).batch for workers in (1, 2, 64)] == [BATCH, BATCH // 2, LEAST_BATCH]
