"""Audit rows are found by every combination of filters, newest first."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from itertools import combinations

import pytest

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.db.database import Database
from app.features.audit_log.repository import FILTERS, AuditLogRepository
from generated.errors import AuditLogNotFound


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


async def test_every_combination_of_filters_answers(database: Database, user: str) -> None:
    repository = AuditLogRepository()
    given: dict[str, object] = {
        "action": "read", "outcome": "denied", "since": datetime(2024, 1, 2, tzinfo=UTC), "until": datetime(2024, 1, 4, tzinfo=UTC), "user": user,
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
