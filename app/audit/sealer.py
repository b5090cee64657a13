"""Seals committed audit rows into the chain: one node at a time, any node.

Promises: no committed row is passed over, in whatever order transactions commit; a node that dies or freezes is replaced within 5 s, and
leaves no half of a seal; rows are sealed about 10 s after their commit, unless a transaction that writes audit rows stays open.

A row with a lower id may commit later than one with a higher. So the highest id is read first, then who holds the lock that every
writer has from before it takes its id until it has ended; when all of these have gone, no row up to that id can come any more.
PostgreSQL builds an index concurrently in the same way.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import fields
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import BigInteger, bindparam, func, insert, select, text

from app.audit.chain import GENESIS, SEALED, Head, Link, seal
from app.audit.tables import AUDIT_CHAIN, AUDIT_DIGESTS, AUDIT_LOG
from app.db.database import Database
from app.db.rounds import Rounds
from app.db.statements import compile_statement
from app.db.transaction import Transaction

LOCK = (7_283_553, 2)
"""The advisory lock of who seals; `audit_log_add_parts` has (7283553, 1)."""
BATCH = 500
"""Rows of one seal at most; more are sealed in several."""
EVERY_S = 2.5
"""Between two looks of a node."""
SEAL_S = 10.0
"""Between two seals, of all nodes together, where fewer than BATCH rows wait: so links stay few."""
SETTLE_S = 5.0
"""How long a look waits for the writers of its moment; the next one waits for those of its own."""
SETTLE_LOOK_S = 0.1
PAUSE_S = 0.02
"""Between two seals of one look, for those who ask for a connection in the meantime."""
LOOK_S = 60.0
"""For one look with all its seals."""
STALLED_S = 60.0
"""Rows that wait for longer are worth a line."""
FREEZE_MS = "2000"
"""PostgreSQL ends a seal whose node says nothing for so long."""
WRITERS = """
SELECT l.virtualtransaction AS writer FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE d.datname = current_database() AND l.locktype = 'relation' AND l.relation = 'audit_log'::regclass
AND l.mode = 'RowExclusiveLock' AND l.granted
"""
log = structlog.stdlib.get_logger(__name__)


class AuditSealer:
    """`rounds` are supervised, on every node. Of its last look: `head` is the chain's, `waiting` the highest id that is not sealed
    less the last one that is (0: all are), and `stalled_s` says for how long rows have waited for writers."""

    def __init__(self, database: Database, *, every_s: float = EVERY_S, seal_s: float = SEAL_S) -> None:
        self.head = Head()
        self.waiting = 0
        self.stalled_s = 0.0
        self.rounds = Rounds(self.look, event="audit.not_sealed", every_s=every_s, within_s=LOOK_S)
        self._database = database
        self._seal_s = seal_s
        self._stalled_since: float | None = None
        link, row = AUDIT_CHAIN.c, AUDIT_LOG.c
        last = select(link.position, link.last_id, link.hash, link.sealed_at).order_by(link.position.desc()).limit(1)
        found = last.subquery("last")
        now = select(
            func.clock_timestamp().label("now"), select(func.max(row.id)).scalar_subquery().label("newest")
        ).subquery("look")
        self._look = compile_statement(select(now, found).select_from(now.outerjoin(found, text("true"))))
        self._writers = compile_statement(text(WRITERS))
        self._claim = compile_statement(
            select(
                func.pg_try_advisory_xact_lock(*LOCK).label("is_ours"),
                func.set_config("idle_in_transaction_session_timeout", FREEZE_MS, True),
            )
        )
        after, until = bindparam("after", type_=BigInteger), bindparam("until", type_=BigInteger)
        rows = select(row.id, *(row[name] for name in SEALED)).where(row.id > after, row.id <= until)
        self._rows = compile_statement(rows.order_by(row.id).limit(BATCH))
        columns: dict[str, Any] = {one.name: bindparam(one.name) for one in fields(Link)}
        self._add = compile_statement(insert(AUDIT_CHAIN).values(**columns))
        digests: dict[str, Any] = {name: bindparam(name) for name in ("position", "digests")}
        self._add_digests = compile_statement(insert(AUDIT_DIGESTS).values(**digests))

    async def look(self) -> int:
        """Seals what is due and settled; how many rows. Raises what the database raises, and then what it had sealed stays."""
        (found,) = await self._database.fetch(self._look)
        self._note(found)
        newest = int(found["newest"] or 0)
        may_wait = self._is_recent(found) and self.waiting < BATCH
        if not self.waiting or may_wait or not await self._settle():
            return 0
        total = 0
        while (count := await self._seal(newest)) > 0:
            total += count
            await asyncio.sleep(PAUSE_S)
        return total

    def _is_recent(self, found: Any) -> bool:
        """A clock that was set back makes no seal recent."""
        if found["sealed_at"] is None:
            return False
        age_s: float = (found["now"] - found["sealed_at"]).total_seconds()
        return 0 <= age_s < self._seal_s

    def _note(self, found: Any) -> None:
        if found["position"] is None:
            self.head = Head(0, 0, GENESIS)
        else:
            self.head = Head(found["position"], found["last_id"], found["hash"])
        self.waiting = max(0, int(found["newest"] or 0) - self.head.last_id)

    async def _settle(self) -> bool:
        """Whether every writer of this moment has ended, within 5 s."""
        until = time.monotonic() + SETTLE_S
        writers = await self._writing()
        while writers and time.monotonic() < until:
            await asyncio.sleep(SETTLE_LOOK_S)
            writers &= await self._writing()
        if not writers:
            self._stalled_since, self.stalled_s = None, 0.0
            return True
        self._stalled_since = self._stalled_since or until - SETTLE_S
        self.stalled_s = time.monotonic() - self._stalled_since
        if self.stalled_s > STALLED_S:
            log.warning("audit.seal_waits", transactions=sorted(writers), since_s=round(self.stalled_s))
        return False

    async def _writing(self) -> set[str]:
        return {row["writer"] for row in await self._database.fetch(self._writers)}

    async def _seal(self, until: int) -> int:
        """One seal, a transaction of its own; 0 where there is nothing, or another node seals."""
        transaction = Transaction(self._database)
        try:
            count = await self._seal_in(transaction, until)
            await transaction.commit()
        except BaseException:
            transaction.abandon()
            raise
        return count

    async def _seal_in(self, transaction: Transaction, until: int) -> int:
        (claim,) = await transaction.fetch(self._claim)
        if not claim["is_ours"]:
            return 0
        (found,) = await transaction.fetch(self._look)
        self._note(found)
        rows = await transaction.fetch(self._rows, after=self.head.last_id, until=until)
        if not rows:
            return 0
        last_id = int(rows[-1]["id"]) if len(rows) == BATCH else until
        sealed_at: datetime = found["now"]
        for link, digests in seal(rows, self.head, last_id=last_id, sealed_at=sealed_at):
            await transaction.execute(self._add, **{one.name: getattr(link, one.name) for one in fields(Link)})
            await transaction.execute(self._add_digests, position=link.position, digests=digests)
        return len(rows)
