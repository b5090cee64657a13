"""The few things that cannot be replaced word by word between the two clients; `io_sync` has the same names."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")
sleep = asyncio.sleep


async def resolve(value: Any) -> Any:
    """What a user's function answered, awaited if it must be."""
    return await value if inspect.isawaitable(value) else value


class SingleFlight:
    """One piece of work at a time; who comes meanwhile waits for it.

    The work is a task of its own, so that a caller who is cancelled takes nobody with him.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(_call(work))
            self._task.add_done_callback(_retrieve)
        result: T = await asyncio.shield(self._task)
        return result

    async def close(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def _call(work: Callable[[], Awaitable[T]]) -> T:
    return await work()


def _retrieve(task: asyncio.Task[Any]) -> None:
    """A failure that nobody waits for any more is no warning of the loop's."""
    if not task.cancelled():
        task.exception()
