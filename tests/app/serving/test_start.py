"""A start says every few seconds for what it waits, gives up in time, and is over once the node was ready."""

from __future__ import annotations

from structlog.testing import capture_logs

from app.serving.start import Start

AWAY = {"database": "db:5432: Connection refused"}


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_says_each_five_seconds_for_what_it_waits_and_gives_up_with_a_line() -> None:
    clock = Clock()
    start = Start(12, clock=clock)
    with capture_logs() as lines:
        hopes = []
        for _ in range(13):
            hopes.append(start.wait_on(was_ready=False, reasons=AWAY))
            clock.now += 1
    assert hopes == [True] * 12 + [False]
    assert [(line["event"], line["waited_s"], line["waits_for"]) for line in lines] == [
        ("start.waits", 5, AWAY), ("start.waits", 10, AWAY), ("start.gives_up", 12, AWAY),
    ]  # fmt: skip


def test_the_time_begins_with_the_first_question_and_is_over_once_the_node_was_ready() -> None:
    clock = Clock()
    start = Start(5, clock=clock)
    clock.now += 100
    with capture_logs() as lines:
        assert start.wait_on(was_ready=False, reasons=AWAY)
        assert start.wait_on(was_ready=True, reasons={})
        clock.now += 100
        assert start.wait_on(was_ready=False, reasons=AWAY)
    assert lines == []


def test_without_a_bound_it_waits_for_ever() -> None:
    clock = Clock()
    start = Start(None, clock=clock)
    assert start.wait_on(was_ready=False, reasons={})
    clock.now += 1e6
    assert start.wait_on(was_ready=False, reasons={})
