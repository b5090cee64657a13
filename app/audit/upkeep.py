"""Keeps the audit log's parts: the months to come are made ahead, and what is older than the retention goes as a whole.

Promises: any node does it, one at a time; a month that is late loses no row, which then waits in the part without a month; nothing
is dropped unless a retention is set, and what is dropped leaves a record and an audit row.
"""

from __future__ import annotations

import structlog

from app.audit.parts import PartStatements
from app.db.database import Database
from app.db.rounds import Rounds
from app.settings import KEPT_FOR_EVER

AHEAD_MONTHS = 3
"""A service that nobody looks after for so long goes on in the part without a month."""
EVERY_S = 60.0
LOOK_S = 60.0
"""For one look at all."""
WHO = "retention"
"""In the record of what was dropped: no person."""
log = structlog.stdlib.get_logger(__name__)


class AuditUpkeep:
    """`rounds` are supervised, on every node. `retention_days` is 0 where all is kept for ever; `dropped_rows` counts what this worker
    has dropped."""

    def __init__(
        self,
        database: Database,
        *,
        retention_days: int = KEPT_FOR_EVER,
        ahead: int = AHEAD_MONTHS,
        every_s: float = EVERY_S,
    ) -> None:
        self.dropped_rows = 0
        self.rounds = Rounds(self.look, event="audit.parts_not_kept", every_s=every_s, within_s=LOOK_S)
        self._database = database
        self._retention_days = retention_days
        self._ahead = ahead
        self._statements = PartStatements()

    async def look(self) -> None:
        """Makes what is missing and drops what is too old. Raises what the database raises; each part is made or dropped as
        a whole or not at all."""
        made = await self._database.fetch(self._statements.add, ahead=self._ahead)
        if made:
            log.info("audit.parts_made", names=[row["name"] for row in made])
        if self._retention_days == KEPT_FOR_EVER:
            return
        for part in await self._database.fetch(self._statements.old, days=self._retention_days):
            (found,) = await self._database.fetch(self._statements.drop, part=part["name"], who=WHO)
            if found["rows"] is not None:
                self.dropped_rows += found["rows"]
                log.warning("audit.part_dropped", name=part["name"], rows=found["rows"])
