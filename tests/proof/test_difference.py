"""The first place where two values differ is named; two texts of one moment do not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from proof.difference import difference, moment


@pytest.mark.parametrize(
    ("one", "two", "where"),
    [
        (1, 1, ""),
        (1, 2, "/:"),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "/a/1/b"),
        ({"a": 1}, {}, "/a"),
        ({"a": None}, {}, "/a: None and nothing"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ""),
        ([1], [1, 2], "/:"),
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", ""),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00", "/:"),
        ("P0D", "PT0S", ""),
        ("PT90M", "PT1H30M", ""),
        ("PT1S", "PT2S", "/:"),
        ("Text", "Tent", "/:"),
        (None, 0, "/:"),
        (1, True, "/:"),
        (1, 1.0, ""),
    ],
)
def test_the_place_is_named(one: Any, two: Any, where: str) -> None:
    found = difference(one, two)
    assert found.startswith(where) if where else found == ""


def test_a_member_of_its_own_need_only_be_there() -> None:
    own = frozenset({"seal"})
    assert difference({"seal": "a", "n": 1}, {"seal": "b", "n": 1}, own=own) == ""
    assert difference({"seal": "a"}, {"seal": None}, own=own).startswith("/seal")


def test_a_moment_is_a_text_with_an_offset_or_a_value_of_python() -> None:
    assert moment("2024-01-01T00:00:00Z") == moment(datetime(2024, 1, 1))
    assert moment("2024-01-01T00:00:00") is None
    assert moment("2024-01-01") is None
    assert moment(20240101) is None
