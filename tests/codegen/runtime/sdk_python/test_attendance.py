"""Who follows a topic, reduced from frames: each state once, with the difference to the one that was taken before."""

from __future__ import annotations

import random
from typing import Literal

from codegen.runtime.sdk_python.attendance import Attendance, Roll
from codegen.runtime.sdk_python.codec import Presence


def told(change: Literal["present", "joined", "left"], *users: str, count: int) -> Presence:
    return Presence("t", change, users, count)


def test_nothing_is_known_before_all_were_told_once() -> None:
    roll = Roll("t")
    roll.apply(told("joined", "a", count=1))
    assert roll.take() is None
    roll.apply(told("present", "b", "a", count=2))
    assert roll.take() == Attendance("t", ("b", "a"), 2)
    assert roll.take() is None


def test_what_changed_is_told_and_what_did_not_is_no_state() -> None:
    roll = Roll("t")
    roll.apply(told("present", "a", "b", count=2))
    roll.take()
    roll.apply(told("joined", "c", count=3))
    assert roll.take() == Attendance("t", ("a", "b", "c"), 3, ("c",), ())
    roll.apply(told("joined", "d", count=4))
    roll.apply(told("left", "d", "a", count=2))
    assert roll.take() == Attendance("t", ("b", "c"), 2, (), ("a",))
    roll.apply(told("present", "c", "b", count=2))
    assert roll.take() is None


def test_where_more_are_present_than_are_named_all_are_counted() -> None:
    """One who was not named and goes changes the count alone."""
    roll = Roll("t")
    roll.apply(told("present", "a", count=1500))
    roll.take()
    roll.apply(told("left", "unnamed", count=1499))
    assert roll.take() == Attendance("t", ("a",), 1499)


def test_joined_and_left_lead_from_each_state_to_the_next_whenever_it_is_taken() -> None:
    """By chance, against a reference: whatever was told in between."""
    chance, roll, there, known = random.Random(7), Roll("t"), {"a"}, None
    roll.apply(told("present", "a", count=1))
    for _ in range(2000):
        user = chance.choice("abcdefgh")
        change: Literal["joined", "left"] = "left" if user in there else "joined"
        there ^= {user}
        roll.apply(told(change, user, count=len(there)))
        if chance.random() < 0.05:
            roll.apply(told("present", *sorted(there), count=len(there)))
        if chance.random() < 0.4 and (state := roll.take()) is not None:
            if known is not None:
                assert not known & set(state.joined)
                assert set(state.left) <= known
                assert (known | set(state.joined)) - set(state.left) == set(state.users)
            assert (set(state.users), state.count) == (there, len(there))
            known = set(state.users)
