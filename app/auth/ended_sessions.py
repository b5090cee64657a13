"""Which sessions have ended before their tokens do, known on this node without asking anybody (ACCEPTANCE D7).

Promises: what has committed is known within about a second while PostgreSQL answers, whatever Redis does; asking costs two look-ups;
at most 100,000 of each kind are remembered, the last ones, for 24 h. Access tokens that live for longer than that come back.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy import BigInteger, Text, bindparam, cast, delete, func, select, text

from app.auth.principal import Principal
from app.auth.tables import ENDED_SESSION
from app.db.database import Database
from app.db.rounds import Rounds
from app.db.server_clock import ServerClock
from app.db.statements import compile_statement

KEPT_S = 24 * 3600
EVERY_S = 1.0
LOOK_S = 5.0
"""For one look."""
PURGE_S = 600.0
MAX_KNOWN = 100_000
log = structlog.stdlib.get_logger(__name__)


def nobody_s(_: Principal) -> bool:
    """Where no session ends before its tokens."""
    return False


class EndedSessions:
    """`rounds` are supervised; `on_ended` is called on the loop when more have ended. One per worker."""

    def __init__(
        self,
        database: Database,
        *,
        every_s: float = EVERY_S,
        clock: ServerClock | None = None,
        max_known: int = MAX_KNOWN,
        look_s: float = LOOK_S,
    ) -> None:
        self.is_loaded = False
        self.clock = clock or ServerClock()
        """Set by each look."""
        self.on_ended: Callable[[], None] = _nothing
        self.rounds = Rounds(self._round, event="sessions.not_read", every_s=every_s, within_s=look_s)
        self._database = database
        self._max_known = max_known
        self._sids: OrderedDict[str, float] = OrderedDict()
        self._subjects: OrderedDict[str, float] = OrderedDict()
        self._seen_until = 0
        self._purge_at = float("-inf")
        self._news, self._old = _statements(max_known)

    def has_ended(self, principal: Principal) -> bool:
        """Whether the caller's session has ended, or all of the subject's that began by then."""
        if principal.sid is not None and principal.sid in self._sids:
            return True
        ended_at = self._subjects.get(principal.sub)
        return ended_at is not None and principal.issued_at <= ended_at

    async def _round(self) -> None:
        """One that fails leaves what is known."""
        await self.look()
        await self._purge()

    async def look(self) -> None:
        """Takes in what has become visible since the last look, all at the first. Raises what the database raises.

        A row that a look did not see is of a transaction that was not over, so its number is not below that look's `xmin`.
        """
        rows = await self._database.fetch(self._news, since=self._seen_until)
        horizon = int(rows[0]["horizon"])
        if horizon < self._seen_until:  # Another database stands there, or one that was restored.
            rows = await self._database.fetch(self._news, since=0)
        self._seen_until = horizon
        self.clock.hear(float(rows[0]["clock"]))
        self.is_loaded = True
        if sum(self._take_in(row) for row in reversed(rows)):
            self._forget()
            self.on_ended()

    def _take_in(self, row: Mapping[str, Any]) -> bool:
        """Whether that was news."""
        kept, name = (self._sids, row["sid"]) if row["sid"] is not None else (self._subjects, row["subject"])
        if name is None or kept.get(name, 0.0) >= row["ended_at"]:
            return False
        kept.pop(name, None)
        kept[name] = float(row["ended_at"])
        return True

    def _forget(self) -> None:
        """The oldest come first, since the latest is entered last."""
        horizon = self.clock() - KEPT_S
        for kept in (self._sids, self._subjects):
            beyond = max(0, len(kept) - self._max_known)
            for _ in range(beyond):
                kept.popitem(last=False)
            while kept and next(iter(kept.values())) < horizon:
                kept.popitem(last=False)
            if beyond:
                log.warning("sessions.forgotten", count=beyond, known=self._max_known)

    async def _purge(self) -> None:
        if time.monotonic() >= self._purge_at:
            await self._database.execute(self._old)
            self._purge_at = time.monotonic() + PURGE_S


def _statements(most: int) -> tuple[Any, Any]:
    """Rows since a transaction's number, newest first, each with the horizon and the time of this look; and the end of old ones."""
    row, kept = ENDED_SESSION.c, func.now() - text(f"interval '{KEPT_S} seconds'")
    horizon = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger).label("horizon")
    clock = func.date_part(text("'epoch'"), func.clock_timestamp()).label("clock")
    look = select(horizon, clock).subquery("look")
    fresh = (row.xid >= bindparam("since")) & (row.at > kept)
    ended_at = func.date_part(text("'epoch'"), row.at).label("ended_at")
    news = (
        select(look.c.horizon, look.c.clock, row.sid, row.subject, ended_at)
        .select_from(look.outerjoin(ENDED_SESSION, fresh))
        .order_by(row.id.desc())
        .limit(most)
    )
    return compile_statement(news), compile_statement(
        delete(ENDED_SESSION).where(row.at <= kept, row.subject.is_(None))
    )


def _nothing() -> None:
    return None
