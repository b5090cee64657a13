"""A node knows the database's time by what it said last, whatever is done to the node's own clock."""

from __future__ import annotations

from app.db.server_clock import ServerClock


def test_it_is_the_node_s_own_until_the_server_was_heard_and_then_goes_on_by_itself() -> None:
    wall, monotonic = [1_000.0], [50.0]
    clock = ServerClock(wall=lambda: wall[0], monotonic=lambda: monotonic[0])
    assert clock() == 1_000.0
    clock.hear(2_000.0)
    wall[0], monotonic[0] = 0.0, 53.0
    assert clock() == 2_003.0
    clock.hear(2_003.5)
    assert clock() == 2_003.5
