"""A clock is off by what the way of the question cannot explain."""

from __future__ import annotations

import time

import pytest

from app.diagnosis.clock import skew
from app.diagnosis.findings import State


@pytest.mark.parametrize(
    ("off_s", "passed_s", "resolution_s", "state"),
    [
        (0, 0.01, 0, State.OK), (-60, 0.01, 0, State.FAULT), (60, 0.01, 0, State.FAULT), (4, 0.01, 0, State.WARNING),
        (-0.9, 0.01, 1, State.OK), (-3, 6, 0, State.OK), (-12, 0.01, 1, State.FAULT),
    ],
)  # fmt: skip
def test_how_far_a_clock_is_off(off_s: float, passed_s: float, resolution_s: float, state: State) -> None:
    [found] = skew("x", time.time() + off_s, passed_s, resolution_s=resolution_s)
    assert found.state is state
