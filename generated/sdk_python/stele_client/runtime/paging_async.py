"""All items of a paged operation, page after page by cursor, each page when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar


class Meta(Protocol):
    """What a page says of the next one."""

    @property
    def next_cursor(self) -> str | None: ...


class Page(Protocol):
    @property
    def items(self) -> Any: ...
    @property
    def meta(self) -> Any: ...


P = TypeVar("P", bound=Page)
I = TypeVar("I")  # noqa: E741 - an item


class AsyncPager(Generic[P, I]):
    """Iterate over it for items, over `pages()` for pages; each iteration begins anew."""

    def __init__(self, fetch: Callable[[Mapping[str, Any]], Awaitable[P]], values: Mapping[str, Any]) -> None:
        self._fetch = fetch
        self._values = values

    async def pages(self) -> AsyncIterator[P]:
        cursor = self._values.get("cursor")
        while True:
            page = await self._fetch({**self._values, "cursor": cursor})
            yield page
            following = page.meta.next_cursor
            if following is None or following == cursor:
                return
            cursor = following

    async def __aiter__(self) -> AsyncIterator[I]:
        async for page in self.pages():
            for item in page.items:
                yield item
