"""Six audit rows of a user whom no other test knows."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.db.database import Database


def rows(user: str) -> list[AuditRecord]:
    outcomes = [Outcome.SUCCESS, Outcome.DENIED, Outcome.ERROR]
    return [
        AuditRecord(
            at=datetime(2024, 1, 1 + number, tzinfo=UTC), username=user, subject=f"iss:{user}", roles=["a"], action="read",
            outcome=outcomes[number % 3], code=None, door="http", object_id=str(number), ip=None, user_agent=None,
            trace_id=f"t{number}", duration_ms=number,
        )
        for number in range(6)
    ]  # fmt: skip


@pytest.fixture
async def user(database: Database) -> str:
    name = uuid.uuid4().hex
    log = AuditLog(database, on_drop=lambda _: None)
    for row in rows(name):
        log.offer(row)
    await log.flush()
    return name
