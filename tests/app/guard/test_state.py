"""What the connections of a worker share."""

from __future__ import annotations

from app.guard.state import GuardedState


def test_a_worker_serves_until_it_is_told_to_end_and_shares_its_refusals() -> None:
    one, other = GuardedState(), GuardedState()
    assert (one.is_ending, one.connections, one.turning_away is not other.turning_away) == (False, set(), True)
