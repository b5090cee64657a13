"""Parts are told with their range; only those whose every row is old are, and none of the last 30 days is ever dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.audit.parts import PartStatements
from generated.errors import ApiError
from tests.app.audit.stored import Stored


async def test_old_is_a_part_whose_last_row_is_old(stored: Stored) -> None:
    statements = PartStatements()
    await stored.add(1, at=datetime(2024, 2, 29, tzinfo=UTC))
    await stored.keep()
    days = (datetime.now(UTC) - datetime(2024, 3, 1, tzinfo=UTC)).days
    (found,) = await stored.database.fetch(statements.old, days=days)
    assert (found["name"], found["since"], found["until"]) == (
        "audit_log_2024_02", datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    assert await stored.database.fetch(statements.old, days=days + 1) == []
    (size,) = await stored.database.fetch(statements.size, part="audit_log_2024_02")
    assert size["bytes"] > 0


@pytest.mark.parametrize("age_days", [0, 20])
async def test_the_database_itself_keeps_the_last_30_days(stored: Stored, age_days: int) -> None:
    at = datetime.now(UTC) - timedelta(days=age_days)
    await stored.add(1, at=at)
    await stored.keep()
    with pytest.raises(ApiError):
        await stored.database.fetch(PartStatements().drop, part=f"audit_log_{at:%Y_%m}", who="x")
    (left,) = await stored.fetch("SELECT count(*)::int AS n FROM audit_log")
    assert left["n"] == 1


@pytest.mark.parametrize(
    "part", ["audit_log_1999_01", "audit_log_default", "audit_quarantine", "x; DROP TABLE audit_log"]
)
async def test_what_is_no_part_is_not_dropped(stored: Stored, part: str) -> None:
    (found,) = await stored.database.fetch(PartStatements().drop, part=part, who="x")
    assert found["rows"] is None
    assert await stored.fetch("SELECT * FROM audit_dropped") == []
    assert len(await stored.fetch("SELECT to_regclass('audit_log_default'), to_regclass('audit_quarantine')")) == 1
