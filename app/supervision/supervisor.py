"""Keeps the background tasks of a node alive: one place starts them, restarts the ones that end, and says which cannot live.

Promises: a task that ends, for whatever reason, is started again after a pause that doubles from 0.1 s to 5 s; each end is
logged and counted; `stop` returns within 5 s, and names in the log what did not end (ACCEPTANCE D31).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import structlog

FIRST_PAUSE_S = 0.1
MAX_PAUSE_S = 5.0
STABLE_S = 10.0
"""A task that ran for so long has recovered: its pauses begin anew."""
MAX_DEATHS = 3
"""So many in a row, and the node is not ready."""
STOP_S = 5.0
"""For all tasks together."""
CANCEL_AGAIN_S = 0.5
"""For libraries that swallow a cancellation."""

Work = Callable[[], Coroutine[Any, Any, None]]
log = structlog.get_logger(__name__)


class Repeated(Protocol):
    """Work that lives although a round of it fails."""

    @property
    def fault(self) -> str | None:
        """Why its last round failed, for who runs the node; None where it did not."""

    async def work(self) -> None:
        """For the life of the node."""


class Supervised:
    """One background task and its history; `deaths` counts the ends in a row."""

    def __init__(
        self, name: str, work: Work, clock: Callable[[], float], fault: Callable[[], str | None] = lambda: None
    ) -> None:
        self.name = name
        self.deaths = 0
        self.fault = fault
        self._work = work
        self._clock = clock
        self._began = clock()

    @property
    def cannot_live(self) -> bool:
        """It has ended three times in a row, and its present life is not 10 s long yet."""
        return self.deaths >= MAX_DEATHS and self._clock() - self._began < STABLE_S

    async def live(self) -> None:
        """One life of the task. Raises whatever ends it; a task that just returns has ended too. A life of 10 s or more
        begins the count anew."""
        self._began = self._clock()
        try:
            await self._work()
        finally:
            self.deaths = 1 if self._clock() - self._began >= STABLE_S else self.deaths + 1

    def pause_s(self) -> float:
        """From 0.1 s, doubled with each end in a row, to 5 s."""
        return float(min(FIRST_PAUSE_S * 2 ** (self.deaths - 1), MAX_PAUSE_S))


class Supervisor:
    """`on_death(name)` hears of each end of a task, for metrics. `start` needs a running loop. Tasks are started in the
    order of the calls, and none waits for another."""

    def __init__(
        self, *, on_death: Callable[[str], None] = lambda _: None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_death = on_death
        self._clock = clock
        self._supervised: list[Supervised] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False

    def start(self, name: str, work: Work) -> None:
        """Run `work` for the life of the node. It is called again after each end, so it begins from a clean state itself."""
        self._start(Supervised(name, work, self._clock))

    def repeat(self, name: str, repeated: Repeated) -> None:
        """As `start`; what its rounds fail of is told, too."""
        self._start(Supervised(name, repeated.work, self._clock, lambda: repeated.fault))

    @property
    def failing(self) -> tuple[str, ...]:
        """The tasks that ended at least three times in a row, none of the lives 10 s long: the node is not ready."""
        return tuple(one.name for one in self._supervised if one.cannot_live)

    def lives(self) -> dict[str, dict[str, object]]:
        """For who runs the node: of each task how often in a row it ended, whether it cannot live, and its fault."""
        return {
            one.name: {"ends_in_a_row": one.deaths, "cannot_live": one.cannot_live, "fault": one.fault()}
            for one in self._supervised
        }

    def faults(self) -> dict[str, str | None]:
        """Of each task, why it lives in vain: what its last round failed of."""
        return {one.name: one.fault() for one in self._supervised}

    async def stop(self) -> None:
        """Cancels every task, again and again where a library swallows the cancellation. Returns within about 5 s; what
        does not end is named in the log and left. Nothing is started again."""
        self._is_stopping = True
        waiting = {task for task in self._tasks if not task.done()}
        deadline = self._clock() + STOP_S
        while waiting and self._clock() < deadline:
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_S)
        if waiting:
            log.error("task.not_stopped", tasks=sorted(task.get_name() for task in waiting))

    def _start(self, supervised: Supervised) -> None:
        self._supervised.append(supervised)
        self._tasks.append(asyncio.get_running_loop().create_task(self._keep_alive(supervised), name=supervised.name))

    async def _keep_alive(self, supervised: Supervised) -> None:
        while not self._is_stopping:
            try:
                await supervised.live()
                reason = "returned"
            except asyncio.CancelledError:
                if self._is_stopping:
                    raise
                reason = "CancelledError"
            except Exception as error:
                reason = type(error).__name__
                log.exception("task.failed", task=supervised.name)
            self._on_death(supervised.name)
            log.warning("task.restarts", task=supervised.name, reason=reason, deaths=supervised.deaths)
            await asyncio.sleep(supervised.pause_s())
