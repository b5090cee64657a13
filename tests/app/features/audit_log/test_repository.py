"""Audit rows are found by every combination of filters, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest

from app.db.database import Database
from app.features.audit_log.repository import FILTERS, AuditLogRepository
from generated.errors import AuditLogNotFound


async def test_every_combination_of_filters_answers(database: Database, user: str) -> None:
    repository = AuditLogRepository()
    given: dict[str, object] = {
        "action": "read", "object_id": "1", "outcome": "denied", "since": datetime(2024, 1, 2, tzinfo=UTC), "until": datetime(2024, 1, 4, tzinfo=UTC), "user": user,
    }  # fmt: skip
    for count in range(len(FILTERS) + 1):
        for names in combinations(FILTERS, count):
            found, total = await repository.page(database, {name: given[name] for name in names}, limit=100, offset=0)
            assert total >= len(found) >= 1, names
    exact, total = await repository.page(database, given, limit=10, offset=0)
    assert ([one.trace_id for one in exact], total) == (["t1"], 1)


async def test_the_newest_is_first_and_a_user_is_found_by_name_or_subject(database: Database, user: str) -> None:
    repository = AuditLogRepository()
    for who in (user, f"iss:{user}"):
        found, total = await repository.page(database, {"user": who}, limit=4, offset=0)
        assert ([one.trace_id for one in found], total) == (["t5", "t4", "t3", "t2"], 6)
    assert await repository.get(database, found[0].id) == found[0]


async def test_a_row_that_is_not_there_has_its_code(database: Database) -> None:
    with pytest.raises(AuditLogNotFound):
        await AuditLogRepository().get(database, 2**53 - 1)
