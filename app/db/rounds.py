"""Work on the database that comes again and again beside the requests: every round has an end, and a failed one costs a line.

Promises: whatever the database does, a round is over in time and the next one comes; a fault is one line for as long as it is the same,
and is told for as long as it lasts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from app.db.database import LOST, reason_of
from generated.errors import ApiError

log = structlog.stdlib.get_logger(__name__)


class Rounds:
    """`work` is to be supervised: what is no failure of the database ends it. `once` is one round and may raise what the database
    raises; it is cancelled after `within_s`, since a connection whose server has gone dark does not say so itself. `every_s` is from
    the end of a round to the next. `event` is the line of a fault."""

    def __init__(self, once: Callable[[], Awaitable[object]], *, event: str, every_s: float, within_s: float) -> None:
        self.fault: str | None = None
        """Why the last round failed, in words for who runs the node; None where it did not."""
        self._once = once
        self._event = event
        self._every_s = every_s
        self._within_s = within_s

    async def work(self) -> None:
        """For the life of the node."""
        while True:
            self._note(await self._round())
            await asyncio.sleep(self._every_s)

    async def _round(self) -> str | None:
        try:
            async with asyncio.timeout(self._within_s):
                await self._once()
        except ApiError as error:
            return reason_of(error.__cause__ or error)
        except (asyncpg.PostgresError, *LOST) as error:
            return reason_of(error)
        return None

    def _note(self, fault: str | None) -> None:
        if fault is not None and fault != self.fault:
            log.warning(self._event, reason=fault)
        self.fault = fault
