"""Faults are as often as they are asked for, and the same by the same seed."""

from __future__ import annotations

import pytest

from proof.mock.faults import Faults, latency, part


@pytest.mark.parametrize(
    ("text", "found"), [("80ms", (0.08, 0.08)), ("50ms..0.2s", (0.05, 0.2)), ("0s", (0.0, 0.0)), ("1s", (1.0, 1.0))]
)
def test_a_latency_is_a_time_or_two(text: str, found: tuple[float, float]) -> None:
    assert latency(text) == found


@pytest.mark.parametrize("text", ["", "50", "x", "2s..1s", "-1ms", "1ms..", "..1ms"])
def test_what_is_no_latency_is_said(text: str) -> None:
    if text == "1ms..":
        assert latency(text) == (0.001, 0.001)
        return
    with pytest.raises(ValueError, match=r"expected a time|shorter"):
        latency(text)


def test_a_part_is_from_0_to_1() -> None:
    assert part("0.25") == 0.25
    with pytest.raises(ValueError, match="from 0 to 1"):
        part("2")


def test_without_options_nothing_goes_wrong() -> None:
    faults = Faults()
    assert not faults.waits
    assert not any(faults.fails() or faults.drops_reply() or faults.closes() for _ in range(1000))


def test_as_many_calls_fail_as_are_asked_for() -> None:
    first, second = Faults(fail=0.2, seed=1), Faults(fail=0.2, seed=1)
    drawn = [first.fails() for _ in range(2000)]
    assert drawn == [second.fails() for _ in range(2000)]
    assert 300 < sum(drawn) < 500


def test_a_wait_lies_between_its_bounds() -> None:
    faults = Faults(latency_s=(0.05, 0.2))
    assert faults.waits
    assert all(0.05 <= faults.wait_s() <= 0.2 for _ in range(100))
