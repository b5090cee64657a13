"""Hands ended spans on in batches, from a thread of its own for each, so that nobody waits for who takes them.

Promises: at most 8,192 spans wait; what is beyond, and what nobody takes, is dropped and counted; at the end of the node the waiting
ones get two seconds. Knows nothing of what a span is.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import structlog

from app.telemetry.bounded_lines import BoundedLines

CAPACITY = 8192
"""Of some hundred bytes to a few KiB each."""
BATCH = 512
PAUSE_S = 0.5
"""Between two looks at what waits."""
FLUSH_S = 2.0
"""For what waits when the node ends."""
FULL, FAILED = "full", "failed"
log = structlog.get_logger(__name__)


class Export:
    """`send` blocks; it answers whether the spans were taken, and ends by itself within seconds. One event loop."""

    def __init__(self, send: Callable[[Sequence[Any]], bool], *, capacity: int = CAPACITY) -> None:
        self._send = send
        self._capacity = capacity
        self._spans: deque[Any] = deque()
        self._flight: asyncio.Future[bool] | None = None
        self._lines = BoundedLines()
        self.dropped = {FULL: 0, FAILED: 0}
        """Since the start, by why."""

    def add(self, span: Any) -> None:
        """Neither waits nor raises."""
        if len(self._spans) >= self._capacity:
            self.dropped[FULL] += 1
        else:
            self._spans.append(span)

    async def work(self) -> None:
        """For the life of the node; to be supervised."""
        while True:
            await self._hand_on()
            await asyncio.sleep(PAUSE_S)

    async def flush(self) -> None:
        """What waits, in 2 s at most; the rest is dropped."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_S):
                await self._hand_on()
        self.dropped[FAILED] += len(self._spans)
        self._spans.clear()

    async def _hand_on(self) -> None:
        """A batch that is under way when this is cancelled is waited for by the next call."""
        while self._flight is not None or self._spans:
            if self._flight is None:
                self._flight = self._begin([self._spans.popleft() for _ in range(min(BATCH, len(self._spans)))])
            await asyncio.shield(self._flight)
            self._flight = None

    def _begin(self, batch: list[Any]) -> asyncio.Future[bool]:
        """A daemon, so that a receiver which is silent holds no process."""
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[bool] = loop.create_future()

        def settle(*, was_taken: bool) -> None:
            if not was_taken:
                self._failed(len(batch))
            taken.set_result(was_taken)

        def work() -> None:
            try:
                was_taken = self._send(batch)
            except Exception:  # Whatever a library's fault is, these spans are all that is lost.
                was_taken = False
            with suppress(RuntimeError):  # The loop is over.
                loop.call_soon_threadsafe(lambda: settle(was_taken=was_taken))

        threading.Thread(target=work, name="trace-export", daemon=True).start()
        return taken

    def _failed(self, count: int) -> None:
        self.dropped[FAILED] += count
        more = self._lines.admit(FAILED)
        if more is not None:
            log.warning("traces.not_taken", spans=count, **more)
