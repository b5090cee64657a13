"""A fixed number of places for connections, handed out in the order in which they were asked for.

Invariant: every place is free, leased or pending, so `free + leased + pending = size`, whatever is cancelled, times out or
dies. A free place holds a connection or none yet; a pending one is being opened or recovered, by a task of the pool and within
a limit, so that no caller's cancellation can lose it. A wait is at most `max_wait_s`. Knows nothing of PostgreSQL.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from typing import Any, Generic, Protocol, TypeVar

import structlog

from app.db.reach import Reach
from generated.errors import Unavailable

MAX_WAIT_S = 0.5
"""For a connection (D21); then it is Unavailable."""
OPEN_S = 5.0
"""For one that is being opened, whoever waits for it."""
RECOVER_S = 2.0
"""For one whose use was cut short, until it is idle again; else it is ended."""
CLOSE_S = 1.0
RETRY_S = 1

log = structlog.get_logger(__name__)


class Connection(Protocol):
    def is_closed(self) -> bool: ...

    def terminate(self) -> None:
        """Ends the connection at once, whatever it is doing; does not wait."""

    async def close(self) -> None:
        """Says goodbye to the server, which may take its time."""


C = TypeVar("C", bound=Connection)


class Pool(Generic[C]):
    """`open_one` opens one connection; its failures are those of the server, and a caller who waits hears Unavailable.
    What was taken comes back exactly once, by `give_back`, `drop` or `recover`. One event loop, no locks; counts are
    true between two awaits. `on_wait(seconds, outcome)` hears of each wait that has ended: `served`, `refused` or `cancelled`. It is a breaker by the name of
    `name`, `reach`, and `on_transition(name, old, new)` hears of its changes."""

    def __init__(
        self,
        open_one: Callable[[], Coroutine[Any, Any, C]],
        size: int,
        *,
        max_wait_s: float = MAX_WAIT_S,
        name: str = "pool",
        on_wait: Callable[[float, str], None] = lambda seconds, outcome: None,
        on_transition: Callable[[str, str, str], None] = lambda name, old, new: None,
    ) -> None:
        self._open_one = open_one
        self._max_wait_s = max_wait_s
        self._on_wait = on_wait
        self._free: deque[C | None] = deque([None] * size)
        self._leased: set[C] = set()
        self._waiting: dict[asyncio.Future[C | None], None] = {}
        self._background: set[asyncio.Task[C | None]] = set()
        self._pending = 0
        self._openings: set[asyncio.Task[C | None]] = set()
        self._refusal = ""
        """Why the last opening failed."""
        self._is_closed = False
        self.size = size
        self.reach = Reach(name, on_transition)

    @property
    def free(self) -> int:
        """Places that nobody has, with an idle connection or without one."""
        return len(self._free)

    @property
    def leased(self) -> int:
        """Connections that somebody uses; each is to come back."""
        return len(self._leased)

    @property
    def pending(self) -> int:
        """Places whose connection is being opened or recovered by a task of the pool."""
        return self._pending

    @property
    def waiting(self) -> int:
        """Callers in `take`; the first to ask is the first to be served."""
        return len(self._waiting)

    async def take(self) -> C:
        """A connection that is not closed, after at most `max_wait_s`; raises Unavailable where none comes, at once
        while the breaker is open, but for the one whose opening asks again. May be cancelled: what was handed over
        meanwhile goes to the next."""
        return self.take_at_once() or await self._wait()

    def take_at_once(self) -> C | None:
        """A free connection that is open, if there is one; never one that others already wait for."""
        while self._free and self._free[-1] is not None:
            connection = self._free.pop()
            if connection is not None and not connection.is_closed():
                self._leased.add(connection)
                return connection
            self._free.appendleft(None)
        return None

    def give_back(self, connection: C) -> None:
        """After use, when it is known to be idle. A closed one leaves its place to a new one."""
        self._leased.discard(connection)
        if connection.is_closed() or self._is_closed:
            self._vacate(connection)
        else:
            self._hand_on(connection)

    def drop(self, connection: C) -> None:
        """After a failure that broke it: closed now, its place free for a new one."""
        self._leased.discard(connection)
        self._vacate(connection)

    def recover(
        self, connection: C, restore: Callable[[C], Awaitable[object]], *, within_s: float = RECOVER_S
    ) -> asyncio.Task[C | None]:
        """After a use that was cut short: `restore` brings it to idle in the background, in time; else it is dropped.

        The task never fails and may be awaited with a shield, or not at all.
        """
        self._leased.discard(connection)
        return self._begin(self._recover(connection, restore, within_s))

    async def close(self) -> None:
        """Ends every connection, within 1 s; what is leased is cut. Who waits hears Unavailable, now and later."""
        self._is_closed = True
        for waiter in list(self._waiting):
            _fail(waiter)
        idle = [connection for connection in self._free if connection is not None]
        self._free = deque([None] * len(self._free))
        for task in self._background:
            task.cancel()
        for connection in self._leased:
            connection.terminate()
        closing = [asyncio.ensure_future(connection.close()) for connection in idle]
        if closing or self._background:
            await asyncio.wait([*closing, *self._background], timeout=CLOSE_S)
        for connection in idle:
            connection.terminate()

    async def _wait(self) -> C:
        """The future is the only truth: it holds a connection, or None at the end of the wait. No error, which would know
        the future by its traceback, and the call with it."""
        loop, began, outcome = asyncio.get_running_loop(), time.perf_counter(), "refused"
        if self._is_closed or not self.reach.lets_wait(loop.time()):
            self._on_wait(0.0, outcome)
            raise Unavailable(retry_after_s=RETRY_S)
        waiter: asyncio.Future[C | None] = loop.create_future()
        self._waiting[waiter] = None
        timer = loop.call_later(self._max_wait_s, _fail, waiter)
        try:
            self._grow()
            connection = await waiter
            if connection is None:
                raise Unavailable(retry_after_s=RETRY_S)
            outcome = "served"
            return connection
        except asyncio.CancelledError:
            outcome = "cancelled"
            if waiter.done() and not waiter.cancelled() and (late := waiter.result()) is not None:
                self.give_back(late)
            raise
        finally:
            timer.cancel()
            self._waiting.pop(waiter, None)
            self._on_wait(time.perf_counter() - began, outcome)

    def _grow(self) -> None:
        """Opens a connection for each waiter that none is being opened for, as far as there are places and the breaker lets."""
        now = asyncio.get_running_loop().time()
        while (
            not self._is_closed
            and self._free
            and self._free[0] is None
            and len(self._openings) < len(self._waiting)
            and self.reach.lets_open(now, len(self._openings))
        ):
            self._free.popleft()
            self.reach.asks()
            self._openings.add(self._begin(self._open(), Context()))

    def _begin(self, work: Coroutine[Any, Any, C | None], context: Context | None = None) -> asyncio.Task[C | None]:
        """The place counts as pending until `work` has ended, however it ends; its result is the connection of the place. What is
        opened is nobody's own: neither its lines nor its connection belong to the request that happened to ask."""
        self._pending += 1
        task = asyncio.get_running_loop().create_task(work, context=context)
        self._background.add(task)
        task.add_done_callback(self._settle)
        return task

    async def _open(self) -> C | None:
        """Waits on a task of its own, so that a connection that comes too late, or after a cancellation, is ended."""
        opening = asyncio.ensure_future(self._open_one())
        try:
            await asyncio.wait([opening], timeout=OPEN_S)
            if opening.done():
                return opening.result()
            reason: Exception = TimeoutError()
        except Exception as error:
            reason = error
        finally:
            if not opening.done():
                opening.add_done_callback(_end_late)
                opening.cancel()
        self._refusal = f"{type(reason).__name__}: {reason}"[:200]
        return None

    async def _recover(self, connection: C, restore: Callable[[C], Awaitable[object]], within_s: float) -> C | None:
        is_restored = False
        try:
            async with asyncio.timeout(within_s):
                await restore(connection)
            is_restored = True
        except Exception as error:
            log.info("database.connection_dropped", reason=type(error).__name__)
        finally:
            if not is_restored:
                connection.terminate()
        return connection

    def _settle(self, task: asyncio.Task[C | None]) -> None:
        """A callback, since a task that is cancelled before its first step runs no line of its own."""
        self._background.discard(task)
        self._pending -= 1
        is_opening = task in self._openings
        self._openings.discard(task)
        connection = None if task.cancelled() or task.exception() else task.result()
        if connection is None or connection.is_closed() or self._is_closed:
            if is_opening:
                self._refuse()
            self._vacate(connection)
            return
        is_back = is_opening and self.reach.succeeded()
        self._hand_on(connection)
        if is_back:
            self._grow()

    def _lives(self) -> bool:
        """Whether there is a connection, or one could come."""
        is_idle = any(one is not None and not one.is_closed() for one in self._free)
        return bool(self._leased or self._pending or is_idle)

    def _refuse(self) -> None:
        """One who waits hears of the refusal; the others may get what comes back, or the next that is opened."""
        loop = asyncio.get_running_loop()
        pause_s = self.reach.failed(loop.time(), self._refusal, is_alone=not self._lives())
        loop.call_later(pause_s, self._grow)
        for waiter in list(self._waiting):
            if not waiter.done():
                _fail(waiter)
                break

    def _hand_on(self, connection: C) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                self._leased.add(connection)
                waiter.set_result(connection)
                return
        self._free.append(connection)

    def _vacate(self, connection: C | None) -> None:
        if connection is not None:
            connection.terminate()
        self._free.appendleft(None)
        if self._waiting:
            self._grow()


def _end_late(opening: asyncio.Future[Any]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().terminate()


def _fail(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_result(None)
