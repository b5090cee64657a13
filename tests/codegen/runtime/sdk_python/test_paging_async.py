"""All items of all pages, each page when it is needed, and never one twice for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from codegen.runtime.sdk_python.paging_async import AsyncPager


@dataclass
class Listing:
    items: list[int]
    meta: Any


class Source:
    """Three items a page; the cursor is the next page's number."""

    def __init__(self, pages: int, last: str | None = None) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self._pages, self._last = pages, last

    async def fetch(self, values: Mapping[str, Any]) -> Listing:
        self.asked.append(values)
        number = int(values.get("cursor") or 0)
        following = str(number + 1) if number + 1 < self._pages else self._last
        return Listing([number * 3, number * 3 + 1, number * 3 + 2], SimpleNamespace(next_cursor=following))


async def test_all_items_come_in_order() -> None:
    source = Source(3)
    pager: AsyncPager[Listing, int] = AsyncPager(source.fetch, {"per_page": 3, "cursor": None})
    assert [item async for item in pager] == list(range(9))
    assert [one["cursor"] for one in source.asked] == [None, "1", "2"]
    assert {one["per_page"] for one in source.asked} == {3}


async def test_each_iteration_begins_anew_and_where_it_was_told() -> None:
    pager: AsyncPager[Listing, int] = AsyncPager(Source(3).fetch, {"cursor": "1"})
    for _ in range(2):
        assert [page.items async for page in pager.pages()] == [[3, 4, 5], [6, 7, 8]]


async def test_a_page_is_asked_for_when_it_is_needed() -> None:
    source = Source(100)
    pager: AsyncPager[Listing, int] = AsyncPager(source.fetch, {})
    async for item in pager:
        if item == 3:
            break
    assert len(source.asked) == 2


async def test_a_server_that_answers_the_same_cursor_ends_it() -> None:
    source = Source(2, last="1")
    pager: AsyncPager[Listing, int] = AsyncPager(source.fetch, {})
    assert [item async for item in pager] == [0, 1, 2, 3, 4, 5]
