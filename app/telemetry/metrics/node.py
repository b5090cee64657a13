"""The worker itself: how late its loop is, what it is made of, which of its tasks end."""

from __future__ import annotations

import asyncio
import platform
import time

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.registry import Registry

LOOK_S = 0.25


class NodeMetrics:
    """`watch_loop` is to be supervised."""

    def __init__(self, registry: Registry, *, version: str, contract: str) -> None:
        self._registry = registry
        self._lag = registry.times(Catalogue.LOOP_LAG)
        registry.count(Catalogue.BUILD_INFO, version, contract, platform.python_version()).value = 1

    async def watch_loop(self) -> None:
        """Four times a second: how much later than asked the loop came back. Does not return."""
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(LOOK_S)
            self._lag.observe(max(0.0, time.perf_counter() - asked - LOOK_S))

    def task_ended(self, name: str) -> None:
        """Each is started again, so a number that grows is a task that does not live."""
        self._registry.count(Catalogue.TASK_ENDS, name).value += 1
