"""The first place where two values differ is named; two texts of one moment do not."""

from __future__ import annotations

from typing import Any

import pytest

from proof.documents import Json
from proof.ws.difference import answers_differ, difference
from proof.ws.session import Send
from proof.ws.transcript import Call, Entry


@pytest.mark.parametrize(
    ("one", "two", "where"),
    [
        (1, 1, ""),
        (1, 2, "/:"),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "/a/1/b"),
        ({"a": 1}, {}, "/a"),
        ([1], [1, 2], "/:"),
        ("2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", ""),
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00", "/:"),
        ("Text", "Tent", "/:"),
        (None, 0, "/:"),
    ],
)
def test_the_place_is_named(one: Any, two: Any, where: str) -> None:
    found = difference(one, two, "")
    assert found.startswith(where) if where else found == ""


def answered(data: Any, asked: Json) -> Call:
    out = Call(Send("s", "x", "a", {}), "able", "json", "k", {"data": asked}, 0.0)
    out.replies.append(Entry(0.0, "s", "came", {"data": data}))
    return out


def test_answers_are_compared_in_what_was_asked() -> None:
    """An id or a moment that each answer has of its own is no difference."""
    asked = {"name": "Emma"}
    one = answered({"id": 1, "name": "Emma"}, asked)
    assert answers_differ(one, answered({"id": 2, "name": "Emma"}, asked)) == ""
    assert answers_differ(one, answered({"id": 1, "name": "Anna"}, asked)).startswith("/name")
    assert answers_differ(one, answered(None, asked)) == ""
