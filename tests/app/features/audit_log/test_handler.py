"""Pages of the audit log know where they stand, and every filter of the request counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.db.database import Database
from app.execution.context import Caller, Context, Door
from app.features.audit_log.handler import AuditLogs
from app.features.audit_log.repository import AuditLogRepository
from generated.models import GetAuditLogRequest, GetAuditLogsRequest


@pytest.fixture
def handler() -> AuditLogs:
    return AuditLogs(AuditLogRepository())


@pytest.fixture
def context(database: Database) -> Context:
    return Context(Caller(None, "", "", Door.HTTP), "trace", database)


async def test_the_last_page_says_that_it_is_the_last(handler: AuditLogs, context: Context, user: str) -> None:
    pages = [
        await handler.get_audit_logs(context, GetAuditLogsRequest(user=user, page=page, per_page=size))
        for page, size in ((1, 4), (2, 4), (3, 4), (2, 3))
    ]
    assert [(len(one.items), one.meta.has_more, one.meta.total, one.meta.pages) for one in pages] == [
        (4, True, 6, 2), (2, False, 6, 2), (0, False, 6, 2), (3, False, 6, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"since": datetime(2024, 1, 4, tzinfo=UTC)}, ["t5", "t4", "t3"]),
        ({"until": datetime(2024, 1, 3, tzinfo=UTC)}, ["t1", "t0"]),
        ({"outcome": "denied"}, ["t4", "t1"]),
        ({"action": "write"}, []),
        ({"object_id": "3"}, ["t3"]),
    ],
)
async def test_each_filter_of_the_request_counts(
    handler: AuditLogs, context: Context, user: str, given: dict[str, Any], found: list[str]
) -> None:
    page = await handler.get_audit_logs(context, GetAuditLogsRequest(user=user, **given))
    assert [one.trace_id for one in page.items] == found


async def test_who_reads_a_row_leaves_its_id_in_the_audit_row(handler: AuditLogs, context: Context, user: str) -> None:
    row = (await handler.get_audit_logs(context, GetAuditLogsRequest(user=user, per_page=1))).items[0]
    assert await handler.get_audit_log(context, GetAuditLogRequest(audit_log_id=row.id)) == row
    assert context.object_id == str(row.id)
