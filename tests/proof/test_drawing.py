"""An engine's draws are bounded, begin anew with each run, and end with the first finding."""

from __future__ import annotations

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from proof.drawing import drawing


class Shown(Exception):
    pass


def drawn(examples: int, finds: int) -> list[int]:
    seen: list[int] = []

    @seed(1)
    @drawing(examples)
    @given(st.integers(0, 10**6))
    def look(number: int) -> None:
        seen.append(number)
        if number >= finds:
            raise Shown

    if finds > 10**6:
        look()
    else:
        with pytest.raises(Shown):
            look()
    return seen


def test_no_more_than_so_many_are_drawn_and_the_same_seed_draws_the_same() -> None:
    assert len(drawn(20, 10**7)) <= 20
    assert drawn(20, 10**7) == drawn(20, 10**7)


def test_what_is_found_is_made_small() -> None:
    assert min(number for number in drawn(100, 1000) if number >= 1000) == 1000
