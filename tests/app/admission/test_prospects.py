"""How many of a class may wait follows what became of those who did, and of no other class."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.admission.prospects import MOST, Prospects
from generated.operations import Priority


def room(prospects: Prospects, priority: Priority) -> int:
    """How many may wait."""
    return next(waiting for waiting in range(MOST + 1) if prospects.are_bad_for(priority, waiting))


@given(st.lists(st.tuples(st.sampled_from([Priority.READ, Priority.WRITE]), st.booleans()), max_size=400))
def test_each_that_is_served_makes_room_for_one_and_each_in_vain_halves_it(told: list[tuple[Priority, bool]]) -> None:
    """Never for none, so that it is seen when there is hope again, and never for more than at the start."""
    prospects, due = Prospects(), dict.fromkeys(Priority, MOST)
    for priority, was_served in told:
        if was_served:
            prospects.was_served(priority)
            due[priority] = min(MOST, due[priority] + 1)
        else:
            prospects.waited_in_vain(priority)
            due[priority] = max(1, due[priority] // 2)
    assert {one: room(prospects, one) for one in Priority} == due
    prospects.forget()
    assert {room(prospects, one) for one in Priority} == {MOST}
