"""Deletes stored answers that are no longer given (D4), so that their table does not grow for ever.

Promises: each statement deletes at most 1,000 rows by the index on `at` and waits for nobody's lock; every node may do it at
once. A database that is away costs a line and a minute.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import delete, select, tuple_

from app.db.database import Executor
from app.db.rounds import Rounds
from app.db.statements import compile_statement
from app.execution.idempotency import horizon
from app.execution.tables import STORED_ANSWER

BATCH = 1000
"""Rows of one statement at most."""
EVERY_S = 60.0
WITHIN_S = 60.0
"""For all batches of one round."""
PAUSE_S = 0.05
"""Between two batches, for those who ask for a connection in the meantime."""


class AnswerPurge:
    """`rounds` are to be supervised."""

    def __init__(self, database: Executor, *, every_s: float = EVERY_S, within_s: float = WITHIN_S) -> None:
        self.rounds = Rounds(self.purge, event="answers.not_purged", every_s=every_s, within_s=within_s)
        self._database = database
        row = STORED_ANSWER.c
        key = (row.subject, row.operation, row.key)
        oldest = select(*key).where(row.at <= horizon()).order_by(row.at).limit(BATCH).with_for_update(skip_locked=True)
        old = oldest.cte("old")
        self._statement = compile_statement(
            delete(STORED_ANSWER).where(tuple_(*key).in_(select(*old.c))).returning(row.at)
        )

    async def purge(self) -> int:
        """How many were deleted. Goes on, with a pause of 50 ms after each batch, until one is short: rows that another
        node has locked are left to it. Raises an ApiError."""
        total = 0
        while (count := len(await self._database.fetch(self._statement))) == BATCH:
            total += count
            await asyncio.sleep(PAUSE_S)
        return total + count
