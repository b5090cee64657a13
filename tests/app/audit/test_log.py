"""Required rows are in the transaction; the queue is bounded, exact, and a bad row never costs its batch (C06)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.audit.tables import AUDIT_LOG, AUDIT_QUARANTINE
from app.db.database import Database, make_engine
from app.db.statements import Statement, compile_statement

AT = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


def record(**given: Any) -> AuditRecord:
    plain: dict[str, Any] = {
        "at": AT, "username": "ada", "subject": "iss:1", "roles": ["admin"], "action": "a", "outcome": Outcome.SUCCESS,
        "code": None, "door": "http", "object_id": None, "ip": "127.0.0.1", "user_agent": "t", "trace_id": "t", "duration_ms": 1,
    }  # fmt: skip
    return AuditRecord(**plain | given)


COUNT = select(func.count().label("n"))


async def count(database: Database, action: str) -> int:
    statement: Statement = compile_statement(COUNT.select_from(AUDIT_LOG).where(AUDIT_LOG.c.action == action))
    row = await database.fetchrow(statement)
    return int(row["n"]) if row else 0


async def quarantined(database: Database) -> int:
    row = await database.fetchrow(compile_statement(COUNT.select_from(AUDIT_QUARANTINE)))
    return int(row["n"]) if row else 0


async def test_a_required_row_is_there_with_its_commit_and_gone_with_its_rollback(database: Database) -> None:
    log = AuditLog(database, on_drop=lambda _: None)
    for is_kept in (True, False):
        transaction = database.transaction()
        await log.write(transaction, record(action="tx"))
        await (transaction.commit() if is_kept else transaction.rollback())
    assert await count(database, "tx") == 1


async def test_stop_writes_what_is_queued(database: Database) -> None:
    log = AuditLog(database, on_drop=lambda _: None)
    for _ in range(1200):
        log.offer(record(action="queued"))
    await log.stop()
    assert await count(database, "queued") == 1200


async def test_a_full_queue_drops_and_counts_exactly(database: Database) -> None:
    drops: list[int] = []
    log = AuditLog(database, on_drop=drops.append, capacity=10)
    for _ in range(25):
        log.offer(record(action="full"))
    assert (log.dropped, sum(drops)) == (15, 15)
    await log.stop()
    assert await count(database, "full") == 10


async def test_poison_is_stored_clean_or_isolated_and_costs_no_other_row(database: Database) -> None:
    """C06: among a thousand rows some hold what PostgreSQL refuses; all the others are stored."""
    log = AuditLog(database, on_drop=lambda _: None)
    before = await quarantined(database)
    for number in range(1000):
        row = record(action="poison")
        if number % 100 == 7:
            row = record(action="poison", user_agent="a\x00\ud800" + "x" * 1_000_000)
        if number % 100 == 9:
            row.trace_id = "raw \x00 after construction"
        log.offer(row)
    await log.stop()
    assert (await count(database, "poison"), await quarantined(database) - before) == (990, 10)


async def test_the_worker_goes_on_after_the_database_was_away(migrated: str) -> None:
    database = Database(*_engine(migrated))
    log = AuditLog(database, on_drop=lambda _: None)
    connection = await database.take()
    await connection.execute("SELECT 1")
    connection.terminate()
    database.put(connection)
    log.offer(record(action="after"))
    await log.stop()
    assert await count(database, "after") == 1
    await database.close()


def _engine(url: str) -> tuple[Any, int]:
    return make_engine(url, 2), 2
