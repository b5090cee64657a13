"""Keeps the audit log's parts: the months to come are made ahead, and what is older than the retention goes as a whole.

Promises: any node does it, one at a time; a month that is late loses no row, which then waits in the part without a month; nothing
is deleted unless a retention is set. Both are functions of the database, which its owner's rights run (docs/audit.md).
"""

from __future__ import annotations

import asyncio

import asyncpg
import structlog
from sqlalchemy import Integer, Text, bindparam, column, func, select

from app.db.database import LOST, Database
from app.db.statements import compile_statement
from generated.errors import ApiError

AHEAD_MONTHS = 3
"""A service that nobody looks after for so long goes on in the part without a month."""
EVERY_S = 60.0
LOOK_S = 10.0
"""For one look at all; a database that fell silent does not say so itself."""
log = structlog.stdlib.get_logger(__name__)


class AuditUpkeep:
    """`work` is supervised, on every node. `fault` says why the last look failed, None where it did not."""

    def __init__(self, database: Database, *, every_s: float = EVERY_S) -> None:
        self.fault: str | None = None
        self._database = database
        self._every_s = every_s
        ahead = bindparam("ahead", type_=Integer)
        self._add = compile_statement(select(func.audit_log_add_parts(ahead).table_valued(column("name", Text)).c.name))

    async def work(self) -> None:
        """For the life of the node. A database that is away, or does not let us, costs a line, and the next minute tries
        again."""
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self.look()
                self.fault = None
            except (ApiError, asyncpg.PostgresError, *LOST) as error:
                said = repr(error.__cause__ or error)
                if said != self.fault:
                    log.warning("audit.parts_not_kept", reason=said)
                self.fault = said
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Makes what is missing. Raises what the database raises; then what was made until then is undone."""
        made = await self._database.fetch(self._add, ahead=AHEAD_MONTHS)
        if made:
            log.info("audit.parts_made", names=[row["name"] for row in made])
