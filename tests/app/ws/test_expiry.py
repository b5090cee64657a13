"""The timer warns in time, revokes at `exp` and closes soon after (ACCEPTANCE A10, D9)."""

from __future__ import annotations

import asyncio

import pytest

from app.ws.expiry import Expiry, Stages


class Timers:
    """A loop's clock and its timers, turned forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timer: tuple[float, object] | None = None
        self.log: list[tuple[str, float]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay_s: float, callback: object) -> Timers:
        return self.call_at(self.now + delay_s, callback)

    def call_at(self, when: float, callback: object) -> Timers:
        self.timer = (when, callback)
        return self

    def cancel(self) -> None:
        self.timer = None

    def run(self) -> list[tuple[str, float]]:
        while self.timer is not None:
            self.now, callback = self.timer
            self.timer = None
            assert callable(callback)
            callback()
        return self.log

    def note(self, what: str) -> None:
        self.log.append((what, self.now - 1000.0))


def make(timers: Timers) -> Expiry:
    stages = Stages(
        lambda left: timers.note(f"warn {left}"), lambda: timers.note("revoke"), lambda: timers.note("close")
    )
    loop: asyncio.AbstractEventLoop = timers  # type: ignore[assignment]  # only time and the two calls are used
    return Expiry(loop, stages)


@pytest.mark.parametrize(
    ("lasts_s", "warned_at"), [(10.0, 4.0), (60.0, 30.0), (300.0, 270.0), (7.0, 1.0), (4.0, 0.0), (0.0, 0.0)]
)
def test_the_three_stages_come_in_time(lasts_s: float, warned_at: float) -> None:
    timers = Timers()
    make(timers).start(lasts_s)
    assert timers.run() == [
        (f"warn {int(lasts_s - warned_at)}", warned_at),
        ("revoke", lasts_s),
        ("close", lasts_s + 2.0),
    ]


def test_a_token_that_is_over_closes_within_the_grace() -> None:
    timers = Timers()
    make(timers).start(-5.0)
    assert [what for what, _ in timers.run()] == ["warn 0", "revoke", "close"]


def test_a_new_token_replaces_the_old_one_s_end() -> None:
    timers = Timers()
    expiry = make(timers)
    expiry.start(10.0)
    timers.now += 5.0
    expiry.start(300.0)
    assert expiry.left_s == 300
    assert [at for _, at in timers.run()] == [275.0, 305.0, 307.0]


def test_a_stopped_timer_does_nothing() -> None:
    timers = Timers()
    expiry = make(timers)
    expiry.start(10.0)
    expiry.stop()
    expiry.stop()
    assert timers.run() == []


def test_what_is_left_is_said_within_an_int32() -> None:
    timers = Timers()
    expiry = make(timers)
    expiry.start(1e11)
    assert expiry.left_s == 2**31 - 1
    expiry.start(-1e11)
    assert expiry.left_s == 0
