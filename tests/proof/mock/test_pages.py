"""Pages by number and by cursor have every row once."""

from __future__ import annotations

import pytest

from proof.documents import Json
from proof.mock.pages import NoCursor, page
from proof.mock.store import Row

ROWS = [Row(number, {"id": number}) for number in range(1, 8)]


def walked(rows: list[Row], per_page: int, scope: Json) -> list[int]:
    found: list[int] = []
    fields: Json = {"per_page": per_page}
    for _ in range(20):
        one = page(rows, fields, scope, None)
        found += [item["id"] for item in one.items]
        if one.meta["next_cursor"] is None:
            return found
        fields = {"per_page": per_page, "cursor": one.meta["next_cursor"]}
    raise AssertionError("the walk does not end")


@pytest.mark.parametrize("per_page", [1, 3, 7, 100])
def test_a_walk_by_cursors_has_each_row_once(per_page: int) -> None:
    assert walked(ROWS, per_page, {}) == [1, 2, 3, 4, 5, 6, 7]


def test_a_walk_goes_on_behind_what_was_removed() -> None:
    first = page(ROWS, {"per_page": 3}, {}, None)
    left = [one for one in ROWS if one.place not in (3, 4)]
    rest = page(left, {"per_page": 3, "cursor": first.meta["next_cursor"]}, {}, None)
    assert [one["id"] for one in rest.items] == [5, 6, 7]


def test_a_page_by_number_says_what_there_is() -> None:
    found = page(ROWS, {"page": 2, "per_page": 3}, {}, None)
    assert [one["id"] for one in found.items] == [4, 5, 6]
    assert {name: found.meta[name] for name in ("page", "per_page", "total", "pages", "has_more")} == {
        "page": 2,
        "per_page": 3,
        "total": 7,
        "pages": 3,
        "has_more": True,
    }


def test_beyond_the_end_there_is_nothing() -> None:
    found = page(ROWS, {"page": 900}, {}, None)
    assert (found.items, found.meta["has_more"]) == ([], False)


def test_a_list_has_no_more_items_than_its_schema_allows() -> None:
    assert len(page(ROWS, {}, {}, 2).items) == 2


@pytest.mark.parametrize("cursor", ["x", "!!", "é", "AAAA", "RmGOTmhtGZ0yIDI"])
def test_a_text_that_was_never_a_cursor_is_none(cursor: str) -> None:
    with pytest.raises(NoCursor):
        page(ROWS, {"cursor": cursor}, {"of": "tests"}, None)


def test_a_cursor_does_not_leave_its_list() -> None:
    cursor = page(ROWS, {"per_page": 1}, {"name": "a"}, None).meta["next_cursor"]
    with pytest.raises(NoCursor):
        page(ROWS, {"per_page": 1, "cursor": cursor}, {"name": "b"}, None)
