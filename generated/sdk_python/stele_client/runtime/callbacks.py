"""Events by callback, for the asynchronous client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from .client_async import AsyncBaseClient
from .errors import ClientError
from .event import Event
from .io_async import resolve

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Subscription:
    """`cancel` ends it; an event that is being handled is handled to its end."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def cancel(self) -> None:
        self._task.cancel()

    async def wait(self) -> None:
        """Until it ends; raises why, if not by `cancel`."""
        await asyncio.gather(self._task, return_exceptions=True)
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            raise error


class AsyncCallbacks(AsyncBaseClient):
    def on(self, record: type[T], handle: Callable[[Event[T]], Any]) -> Subscription:
        """`handle` is called with each event in turn, and awaited if it must be. What it raises is logged, and the next
        event comes; a subscription that is refused or falls behind is logged and ends."""
        stream = self.events(record)

        async def follow() -> None:
            try:
                async with stream:
                    async for event in stream:
                        await _handle(handle, event)
            except ClientError:
                logger.exception("the events %s have ended", record.__name__)
                raise

        task = asyncio.create_task(follow())
        task.add_done_callback(self._ended)
        self._tasks.add(task)
        return Subscription(task)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await super().close()

    @cached_property
    def _tasks(self) -> set[asyncio.Task[None]]:
        return set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """What it raised was logged, and is told by `Subscription.wait`."""
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()


async def _handle(handle: Callable[[Event[T]], Any], event: Event[T]) -> None:
    try:
        await resolve(handle(event))
    except Exception:
        logger.exception("a handler of %s failed", type(event.data).__name__)
