"""Parts of one background task that run at the same time, and end together.

`asyncio.TaskGroup` cancels its children once, and waits for ever for one in which a library swallowed that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

CANCEL_AGAIN_S = 0.1


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends or fails, and then none runs any more. Raises what that one raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        while waiting := [task for task in tasks if not task.done()]:
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
    for task in done:
        task.result()
