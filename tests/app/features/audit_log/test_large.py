"""Among 100,000 rows of a year, filters read only the months that they name, and find users and objects by indexes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from app.features.audit_log.repository import AuditLogRepository
from tests.app.audit.stored import Stored

FILL = """
INSERT INTO audit_log (at, username, subject, roles, action, outcome, door, object_id, trace_id, duration_ms)
SELECT '2024-01-01Z'::timestamptz + n * interval '5 minutes', 'user' || n % 1000, 'iss:' || n % 1000, '{a}', 'create_artist', 'success', 'http',
    n::text, md5(n::text), 1 FROM generate_series(1, 100000) n
"""
MARCH = {"since": datetime(2024, 3, 1, tzinfo=UTC), "until": datetime(2024, 4, 1, tzinfo=UTC)}


async def test_months_are_pruned_and_users_and_objects_are_found_by_indexes(stored: Stored) -> None:
    await stored.fetch(FILL)
    await stored.keep()
    async with stored.connected() as connection:
        await connection.execute("ANALYZE audit_log")
        for given, indexes in (
            ({}, ()),
            ({"user": "iss:7"}, ("subject", "username")),
            ({"object_id": "20000"}, ("object_id",)),
        ):
            filters: dict[str, object] = {**MARCH, **given}
            statement = AuditLogRepository()._pages[frozenset(filters)]
            arguments = statement.arguments({**filters, "limit": 20, "offset": 0})
            plan = json.dumps(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement.sql}", *arguments))
            assert "audit_log_2024_03" in plan
            assert not any(f"audit_log_2024_{month:02d}" in plan for month in range(1, 13) if month != 3), plan
            assert "audit_log_default" not in plan
            assert not indexes or all(name in plan and "Index" in plan for name in indexes), plan
            _, total = await AuditLogRepository().page(stored.database, filters, limit=20, offset=0)
            assert total > 0
