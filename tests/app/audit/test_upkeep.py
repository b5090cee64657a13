"""Months are there before their rows; a late one loses none; what is too old goes with a record, and only if somebody said so."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from app.audit.log import AuditLog
from tests.app.audit.stored import Stored, record

PLACES = "SELECT tableoid::regclass::text AS part, count(*)::int AS n FROM audit_log GROUP BY 1 ORDER BY 1"
FEBRUARY = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


async def places(stored: Stored) -> dict[str, int]:
    return {row["part"]: row["n"] for row in await stored.fetch(PLACES)}


async def months(stored: Stored) -> list[str]:
    return [row["name"] for row in await stored.fetch("SELECT name FROM audit_log_parts()")]


def name_of(at: datetime) -> str:
    return f"audit_log_{at:%Y_%m}"


async def test_this_month_and_those_to_come_are_there_from_the_first_migration_on(stored: Stored) -> None:
    found, now = await months(stored), datetime.now(UTC)
    assert (len(found), found[0]) == (4, name_of(now))
    await stored.add(1)
    assert await places(stored) == {name_of(now): 1}


@pytest.mark.survives("D03")
async def test_a_month_that_is_late_loses_no_row(stored: Stored) -> None:
    """D03: no node has made the month's part: rows are stored all the same, and are moved into the part when it is made; those that
    were sealed before still verify."""
    now = datetime.now(UTC)
    async with stored.connected() as connection:
        await connection.execute(f"DROP TABLE {name_of(now)}")
    await stored.add(3)
    await stored.seal()
    assert await places(stored) == {"audit_log_default": 3}
    await stored.keep()
    assert await places(stored) == {name_of(now): 3}
    await stored.add(1)
    assert await places(stored) == {name_of(now): 4}
    assert await stored.kinds() == []


@pytest.mark.survives("D03")
async def test_a_clock_far_ahead_costs_no_row_and_makes_no_month(stored: Stored) -> None:
    """D03: a node's clock is years ahead or behind: its rows are stored and sealed, and its months are made only when they come."""
    ahead, behind = datetime(2099, 5, 5, tzinfo=UTC), FEBRUARY
    await stored.add(2, at=ahead)
    await stored.add(2, at=behind)
    await stored.keep()
    await stored.seal()
    assert await places(stored) == {name_of(behind): 2, "audit_log_default": 2}
    assert len(await months(stored)) == 5
    assert await stored.kinds() == []


async def test_a_row_that_is_tried_again_after_its_month_was_made_is_there_once(stored: Stored) -> None:
    """Its key is unique with its time, and each try has the same time."""
    log, row = AuditLog(stored.database, on_drop=lambda _: None), record(at=FEBRUARY)
    row.identify()
    await log.write(stored.database, row)
    await stored.keep()
    await log.write(stored.database, row)
    assert await places(stored) == {name_of(FEBRUARY): 1}


async def test_a_row_of_a_moved_month_is_as_safe_as_any(stored: Stored) -> None:
    await stored.add(1, at=FEBRUARY)
    await stored.keep()
    for table in ("audit_log", name_of(FEBRUARY), "audit_log_default"):
        for statement in (f"UPDATE {table} SET action = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await stored.fetch(statement)


async def test_nodes_that_look_at_once_make_each_month_once(stored: Stored) -> None:
    await stored.add(1, at=FEBRUARY)
    await asyncio.gather(*(stored.keep(ahead=8) for _ in range(4)))
    await stored.keep(ahead=8)
    found = await months(stored)
    assert len(found) == len(set(found)) == 10


async def test_writers_go_on_while_months_are_made(stored: Stored) -> None:
    await stored.add(20, at=FEBRUARY)
    writing = [asyncio.create_task(stored.add(100)) for _ in range(4)]
    for ahead in range(4, 9):
        await stored.keep(ahead=ahead)
    await asyncio.gather(*writing)
    assert await places(stored) == {name_of(FEBRUARY): 20, name_of(datetime.now(UTC)): 400}


async def test_nothing_is_dropped_unless_somebody_said_so(stored: Stored) -> None:
    await stored.add(1, at=FEBRUARY)
    await stored.keep()
    await stored.keep()
    assert await places(stored) == {name_of(FEBRUARY): 1}


@pytest.mark.survives("D03")
async def test_what_is_older_than_the_retention_goes_and_leaves_a_record(stored: Stored) -> None:
    """D03: months that are older than the retention are dropped as a whole, with their digests; a record and an audit row stay, and what is
    left verifies."""
    recent = datetime.now(UTC) - timedelta(days=70)
    await stored.add(3, at=FEBRUARY)
    await stored.add(2, at=recent)
    await stored.add(1)
    await stored.keep()
    sealed = await stored.seal()
    upkeep = await stored.keep(retention_days=150)
    assert upkeep.dropped_rows == 3
    now = name_of(datetime.now(UTC))
    assert await places(stored) == {name_of(recent): 2, now: 2}
    (dropped,) = await stored.fetch("SELECT * FROM audit_dropped")
    assert (dropped["name"], dropped["rows"], dropped["sealed"], dropped["by"]) == (
        name_of(FEBRUARY), 3, 3, "retention",
    )  # fmt: skip
    assert (dropped["head_position"], dropped["head"]) == (sealed.head.position, sealed.head.hash)
    (row,) = await stored.fetch("SELECT username, object_id, reason, door FROM audit_log WHERE action = 'audit.prune'")
    assert tuple(row) == ("retention", name_of(FEBRUARY), "3 rows", "command")
    (digests,) = await stored.fetch("SELECT count(*)::int AS n FROM audit_digests")
    assert digests["n"] == 2
    await stored.seal()
    assert await stored.kinds() == []


async def test_a_month_goes_when_its_last_day_is_older_than_the_retention_and_no_day_before(stored: Stored) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=200)
    await stored.add(1, at=long_ago)
    await stored.keep()
    ended = (long_ago.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    age_days = (datetime.now(UTC) - ended).days
    assert (await stored.keep(retention_days=age_days + 1)).dropped_rows == 0
    assert (await stored.keep(retention_days=age_days)).dropped_rows == 1


async def test_rows_of_a_dropped_month_that_come_later_are_kept_and_judged(stored: Stored) -> None:
    """By a queue that waited, or a clock that is behind."""
    await stored.add(1, at=FEBRUARY)
    await stored.keep()
    await stored.seal()
    await stored.keep(retention_days=150)
    await stored.add(2, at=FEBRUARY)
    await stored.seal()
    assert await stored.kinds() == []
    await stored.tamper("DELETE FROM audit_log_default WHERE id = (SELECT max(id) FROM audit_log_default)")
    ((kind, _),) = await stored.kinds()
    assert kind == "deleted"


async def test_a_month_that_is_gone_without_a_record_is_told(stored: Stored) -> None:
    await stored.add(2, at=FEBRUARY)
    await stored.keep()
    await stored.seal()
    await stored.fetch(f"DROP TABLE {name_of(FEBRUARY)}")
    assert await stored.kinds() == [("deleted", (1,)), ("deleted", (2,))]


async def test_a_head_that_was_recorded_must_stay_in_the_chain(stored: Stored) -> None:
    await stored.add(2, at=FEBRUARY)
    await stored.keep()
    await stored.seal()
    await stored.keep(retention_days=150)
    await stored.tamper("DELETE FROM audit_chain")
    _, faults = await stored.verify()
    assert [fault.said for fault in faults] == ["link 1 was the head when a part was dropped, and is not there"]
