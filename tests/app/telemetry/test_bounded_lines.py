"""Lines that strangers cause are bounded by kind, and what was left out is counted."""

from __future__ import annotations

from app.telemetry.bounded_lines import MAX_LINES, WINDOW_S, BoundedLines
from tests.app.auth.mint import Clock


def test_so_many_lines_of_a_kind_in_a_window_and_the_others_are_counted() -> None:
    clock = Clock(0.0)
    lines = BoundedLines(clock)
    assert [lines.admit("a") for _ in range(MAX_LINES + 3)] == [{}] * MAX_LINES + [None] * 3
    assert lines.admit("b") == {}
    clock.now = WINDOW_S
    assert lines.admit("a") == {"left_out": 3}
    assert lines.admit("a") == {}
