"""The bucket holds back what comes too fast, forgets, and never gives more than it has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.ws.budget import BURST, RATE_PER_S, FrameBudget


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_rate_does() -> None:
    clock = Clock()
    budget = FrameBudget(clock)
    for _ in range(BURST):
        assert budget.wait_s() < 1e-6
        budget.spend()
    assert budget.wait_s() < 1e-6
    for number in range(1, 50):
        budget.spend()
        assert round(budget.wait_s() * RATE_PER_S, 3) == number


def test_what_was_not_used_is_there_again_and_no_more() -> None:
    clock = Clock()
    budget = FrameBudget(clock)
    for _ in range(3):
        for _ in range(BURST):
            budget.spend()
        assert budget.wait_s() < 1e-6
        budget.spend()
        assert budget.wait_s() > 0.01
        clock.now += 1_000_000


@given(st.lists(st.floats(0, 1), max_size=400))
def test_who_waits_as_told_never_exceeds_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock = Clock()
    budget = FrameBudget(clock)
    for spent, pause_s in enumerate(pauses, 1):
        budget.spend()
        clock.now += pause_s + budget.wait_s()
        assert spent <= BURST + RATE_PER_S * (clock.now - Clock.now) + 1e-6
