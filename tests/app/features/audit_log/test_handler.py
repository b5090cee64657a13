"""Pages of the audit log know where they stand."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.db.database import Database
from app.execution.context import Caller, Context, Door
from app.features.audit_log.handler import AuditLogs
from app.features.audit_log.repository import AuditLogRepository
from generated.models import GetAuditLogRequest, GetAuditLogsRequest


def rows(user: str) -> list[AuditRecord]:
    outcomes = [Outcome.SUCCESS, Outcome.DENIED, Outcome.ERROR]
    return [
        AuditRecord(
            at=datetime(2024, 1, 1 + number, tzinfo=UTC), username=user, subject=f"iss:{user}", roles=["a"], action="read",
            outcome=outcomes[number % 3], code=None, door="http", object_id=None, ip=None, user_agent=None,
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
    await log.stop()
    return name


async def test_the_last_page_says_that_it_is_the_last(database: Database, user: str) -> None:
    handler = AuditLogs(AuditLogRepository())
    context = Context(Caller(None, "", "", Door.HTTP), "trace", database)
    pages: list[Any] = [
        await handler.get_audit_logs(context, GetAuditLogsRequest(user=user, page=page, per_page=4))
        for page in (1, 2, 3)
    ]
    assert [(len(one.items), one.meta.has_more, one.meta.total, one.meta.pages) for one in pages] == [
        (4, True, 6, 2), (2, False, 6, 2), (0, False, 6, 2),
    ]  # fmt: skip


async def test_who_reads_a_row_is_named_with_it(database: Database, user: str) -> None:
    handler = AuditLogs(AuditLogRepository())
    context = Context(Caller(None, "", "", Door.HTTP), "trace", database)
    row = (await handler.get_audit_logs(context, GetAuditLogsRequest(user=user, per_page=1))).items[0]
    assert await handler.get_audit_log(context, GetAuditLogRequest(audit_log_id=row.id)) == row
    assert context.object_id == str(row.id)
