"""The audit log: rows that must be there are written in the business transaction, the others go by a bounded queue.

Promises of the queue: batches in one statement, an exact count of what was dropped, one bad row never costs its batch, and a
row is there once, however often it is tried: PostgreSQL may have stored what was given up as too late.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import asyncpg
import structlog
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from app.audit.budget import RowBudget
from app.audit.record import COLUMNS, AuditRecord, clean
from app.audit.tables import AUDIT_LOG, AUDIT_QUARANTINE
from app.db.database import LOST, Database, Executor
from app.db.rounds import Rounds
from app.db.statements import Write, compile_statement
from generated.errors import Unavailable

CAPACITY = 20_000
"""Rows; at 100 a second they last through an outage of 200 s."""
BATCH = 500
"""Rows of one statement at most."""
PAUSE_S = 0.2
"""Between two looks at the queue."""
FLUSH_S = 3.0
"""For all that waits when the node ends; the rest is lost, and a line says how many."""
WITHIN_S = 60.0
"""For all that waits at one look, rows that go into quarantine included."""
INSERT_S = 5.0
"""For one batch; what is not answered by then is tried again, and is there once."""
MAX_ISOLATED = 10_000
"""Characters of one value in quarantine."""
MAX_LIMITED_OF_ONE = 60
MAX_LIMITED = 1_000
"""Rows a minute of calls that a limit refused, of one caller and of all: nothing else bounds how often these come."""
log = structlog.get_logger(__name__)


class AuditLog:
    """`rounds` are supervised; `flush` at the end. `on_drop(count)` hears of each row that will not be stored, and `on_left_out(count)` of each for
    which `limited` had no room.
    The queue is in memory: a process that is killed loses at most what came in the last moments, or since PostgreSQL
    was away."""

    def __init__(
        self,
        database: Database,
        *,
        on_drop: Callable[[int], None],
        on_left_out: Callable[[int], None] = lambda count: None,
        capacity: int = CAPACITY,
        within_s: float = WITHIN_S,
    ) -> None:
        self.rounds = Rounds(self._write_all, event="audit.rows_wait", every_s=PAUSE_S, within_s=within_s)
        """Write what is queued. While PostgreSQL is away rows wait in the queue."""
        self.limited = RowBudget(of_one=MAX_LIMITED_OF_ONE, of_all=MAX_LIMITED, on_left_out=on_left_out)
        """Asked before a row is made of what a limit has refused."""
        self._database = database
        self._on_drop = on_drop
        self._capacity = capacity
        self._queue: deque[AuditRecord] = deque()
        columns: dict[str, Any] = {name: bindparam(name) for name in COLUMNS}
        added = insert(AUDIT_LOG).values(**columns)
        self._insert = compile_statement(added)
        self._insert_once = compile_statement(added.on_conflict_do_nothing())
        quarantine: dict[str, Any] = {name: bindparam(name) for name in ("reason", "row")}
        self._quarantine = compile_statement(insert(AUDIT_QUARANTINE).values(**quarantine))
        self.dropped = self.written = self.stored = self.quarantined = 0
        """Since the start, for metrics: `written` in transactions of others, `stored` from the queue."""

    async def write(self, executor: Executor, record: AuditRecord, *, beside: Write | None = None) -> None:
        """In the caller's transaction, if that is what the executor is: the row is there if that commits, and only
        then. Raises what the executor raises. A record that was identified and is
        stored already is passed over. What is to be written `beside` it costs no round trip of its own."""
        own = Write(self._insert if record.key is None else self._insert_once, record.parameters())
        both = own if beside is None else beside.and_then(own)
        await executor.execute(both.statement, **both.parameters)
        self.written += 1

    @property
    def waiting(self) -> int:
        """Rows in the queue."""
        return len(self._queue)

    @property
    def waits_since(self) -> float:
        """Of the oldest of them, in seconds since 1970; now where there is none."""
        return self._queue[0].at.timestamp() if self._queue else time.time()

    def offer(self, record: AuditRecord) -> None:
        """Queue a row; when the queue is full it is dropped and counted. Never waits or raises; stored within about a
        second, if all is well, in the order in which rows were offered."""
        if len(self._queue) >= self._capacity:
            self._drop(1)
            return
        record.identify()
        self._queue.append(record)

    async def flush(self) -> None:
        """At the end, when no round is running any more: writes what is queued, for at most 3 s; what is left is counted
        as dropped, and logged. Raises nothing."""
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._write_all()
        except (TimeoutError, Unavailable):
            log.warning("audit rows lost at stop", count=len(self._queue))
            self._drop(len(self._queue))

    async def _write_all(self) -> None:
        while self._queue:
            await self._drain()

    async def _drain(self) -> None:
        """One batch; it leaves the queue only when it is stored or in quarantine."""
        batch = [self._queue[index] for index in range(min(BATCH, len(self._queue)))]
        await self._store(batch)
        for _ in batch:
            self._queue.popleft()

    async def _store(self, batch: list[AuditRecord]) -> None:
        """Halves the batch around a row that PostgreSQL refuses, until that row stands alone."""
        try:
            await self._insert_all(batch)
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError, OverflowError) as error:
            if len(batch) == 1:
                await self._isolate(batch[0], error)
                return
            half = len(batch) // 2
            await self._store(batch[:half])
            await self._store(batch[half:])
        except (*LOST, asyncpg.PostgresError) as error:
            raise Unavailable from error

    async def _insert_all(self, batch: list[AuditRecord]) -> None:
        async with asyncio.timeout(INSERT_S):
            await self._database.execute_many(self._insert_once, [record.parameters() for record in batch])
        self.stored += len(batch)

    async def _isolate(self, record: AuditRecord, error: Exception) -> None:
        """A row that neither table takes is dropped, or it would stand before all others for ever."""
        row = {name: clean(str(one), MAX_ISOLATED) for name, one in asdict(record).items()}
        try:
            await self._database.execute(self._quarantine, reason=type(error).__name__, row=json.dumps(row))
        except Unavailable:
            raise
        except Exception as refused:
            self._drop(1)
            log.error("audit row lost", reason=type(error).__name__, trace_id=record.trace_id, exc_info=refused)
        else:
            self.quarantined += 1
            log.warning("audit row in quarantine", reason=type(error).__name__, trace_id=record.trace_id)

    def _drop(self, count: int) -> None:
        self.dropped += count
        self._on_drop(count)
