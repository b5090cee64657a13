"""Two services' answers are the same but for what each makes for itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proof.doors.difference import outcomes_differ, values_differ
from proof.doors.door import Outcome

NOW = datetime.now(UTC)
EARLIER = (NOW - timedelta(seconds=3)).isoformat()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1, "created_at": NOW.isoformat()}, {"id": 1, "created_at": EARLIER}),
        ({"meta": {"next_cursor": "a"}}, {"meta": {"next_cursor": "b"}}),
        ({"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T01:00:00+01:00"}),
        ([{"a": 1}], [{"a": 1}]),
    ],
)
def test_what_is_the_same(one: Any, other: Any) -> None:
    assert values_differ(one, other) == ""


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ({"id": 1}, {"id": 2}, "/id"),
        ({"id": 1}, {"id": True}, "/id"),
        ({"a": None}, {}, None),
        ({"meta": {"next_cursor": "a"}}, {"meta": {"next_cursor": None}}, "/meta/next_cursor"),
        ({"at": "2024-01-01T00:00:00Z"}, {"at": "2024-01-01T00:00:01Z"}, "/at"),
        ([1], [1, 2], "/"),
        ({"items": [{"name": "a"}]}, {"items": [{"name": "b"}]}, "/items/0/name"),
    ],
)
def test_what_differs_is_said_by_its_place(one: Any, other: Any, place: str | None) -> None:
    found = values_differ(one, other)
    assert found.partition(":")[0] == (place or "")


def test_codes_and_faults_count_before_values() -> None:
    assert outcomes_differ(Outcome("ok", 1), Outcome("conflict", 1)).startswith("code:")
    assert outcomes_differ(Outcome("invalid_data", None, ("/a",)), Outcome("invalid_data", None, ("/b",))).startswith(
        "faults:"
    )
    assert outcomes_differ(Outcome("invalid_data", None, ("/a",)), Outcome("invalid_data", None, ("/a",))) == ""
