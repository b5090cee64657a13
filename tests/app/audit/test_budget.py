"""Refusals leave some rows of each caller, and a count of the others."""

from __future__ import annotations

from app.audit.budget import WINDOW_S, RowBudget


class Minute:
    """The counter and the clock."""

    def __init__(self, of_one: int = 3, of_all: int = 5) -> None:
        self.left_out = 0
        self.now = 100.0
        self.budget = RowBudget(of_one=of_one, of_all=of_all, on_left_out=self.leave_out, clock=lambda: self.now)

    def leave_out(self, count: int) -> None:
        self.left_out += count

    def admitted(self, caller: str, times: int) -> int:
        return sum(self.budget.admits(caller) for _ in range(times))


def test_a_caller_has_some_rows_each_minute_and_the_others_are_counted() -> None:
    one = Minute()
    assert (one.admitted("a", 10), one.left_out) == (3, 7)
    assert one.admitted("b", 1) == 1
    one.now += WINDOW_S
    assert (one.admitted("a", 10), one.left_out) == (3, 14)


def test_many_callers_together_have_no_more_than_all_may() -> None:
    one = Minute()
    assert sum(one.admitted(str(number), 1) for number in range(100)) == 5
    assert one.left_out == 95
    one.now += WINDOW_S
    assert one.admitted("a", 1) == 1
