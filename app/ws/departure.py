"""How the sockets of a worker that ends are sent away: each is told when to connect anew, and is closed once it has had that time.

Promises: the times are spread by chance, so that the clients do not all come to the other nodes at once; a socket is closed, with
1012, when no request of it runs, and in batches; one that opens late is told at the next step. Knows no timer: `step` is called.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import Protocol

import structlog

from app.ws.outbox import Outbox

SERVICE_RESTART = 1012
"""Of the registry of close codes: connect again."""
REASON = "service_restart"
MARGIN_S = 1.0
"""What a socket has beyond the time that it was told, for the way of the frame and for who is about to go."""
TOLD_PER_STEP = 1000
"""Some milliseconds of the loop."""

logger = structlog.get_logger(__name__)


class Leaver(Protocol):
    """One open socket, as `app.ws.connection`."""

    @property
    def is_quiet(self) -> bool: ...
    @property
    def outbox(self) -> Outbox: ...
    def announce_end(self, reconnect_after_ms: int) -> None: ...


class Departure:
    """`sockets` are those that are open now, in the order in which they opened; `on_begin` is called before the first is told."""

    def __init__(
        self,
        sockets: Callable[[], Collection[Leaver]],
        *,
        on_begin: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        spread: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._sockets = sockets
        self._on_begin = on_begin
        self._has_begun = False
        self._clock = clock
        self._spread = spread
        self._due: dict[Leaver, float] = {}
        """When a socket that was told may be closed."""

    def step(self, *, spread_s: float, most: int, is_over: bool) -> int:
        """Tells those who have not been told, `spread_s` at most; closes up to `most` of those whose time has come, where the time of
        all `is_over` also those whose requests run. How many are open."""
        if not self._has_begun:
            self._has_begun = True
            self._on_begin()
        now, sockets = self._clock(), self._sockets()
        self._due = {one: due for one in sockets if (due := self._due.get(one)) is not None}
        untold = [one for one in sockets if one not in self._due]
        for one in untold[:TOLD_PER_STEP]:
            after_s = self._spread(0.0, spread_s)
            self._due[one] = now + after_s + min(spread_s, MARGIN_S)
            one.announce_end(round(after_s * 1000))
        batch = list(islice(self._ready(now, is_over=is_over), most))
        for one in batch:
            one.outbox.close(SERVICE_RESTART, REASON)
        if batch:
            logger.info("sockets.dismissed", closed=len(batch))
        return len(sockets)

    def _ready(self, now: float, *, is_over: bool) -> Iterator[Leaver]:
        """Told and not closed, and their time has come."""
        for one, due in self._due.items():
            if one.outbox.close_code is None and (is_over or (now >= due and one.is_quiet)):
                yield one
