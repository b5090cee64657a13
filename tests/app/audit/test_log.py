"""Required rows are in the transaction; the queue is bounded, exact, and a bad row never costs its batch (C06)."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from sqlalchemy import func, select, text

from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.audit.tables import AUDIT_LOG, AUDIT_QUARANTINE
from app.db.database import Database
from app.db.statements import Statement, compile_statement
from app.db.transaction import Transaction
from app.development.servers import Postgres
from app.supervision.supervisor import Supervisor
from generated.errors import Unavailable
from tests.databases import new_database
from tests.faults.proxy import Mode, Proxy
from tests.redis_connections import running

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
        transaction = Transaction(database)
        await log.write(transaction, record(action="tx"))
        await (transaction.commit() if is_kept else transaction.rollback())
    assert await count(database, "tx") == 1


async def test_stop_writes_what_is_queued(database: Database) -> None:
    log = AuditLog(database, on_drop=lambda _: None)
    for _ in range(1200):
        log.offer(record(action="queued"))
    await log.flush()
    assert await count(database, "queued") == 1200


async def test_a_row_whose_answer_comes_too_late_is_there_once(migrated: str, database: Database) -> None:
    """D2: PostgreSQL has stored the row when its time is over, and the queue gets it too, as a refusal's row does."""
    port = urlsplit(migrated).port
    assert port is not None
    async with Proxy(port) as link:
        far = Database(migrated.replace(f":{port}/", f":{link.port}/"), 1)
        log = AuditLog(far, on_drop=lambda _: None)
        await log.write(far, record(action="late, before"))
        row = record(action="late")
        row.identify()
        link.latency_s = 0.5
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await log.write(far, row)
        link.latency_s = 0
        for _ in range(2):
            log.offer(row)
        await log.flush()
        await far.close()
    assert await count(database, "late") == 1


@pytest.fixture
def alone(postgres: Postgres) -> str:
    """The URL of a database of its own, with every table."""
    url = new_database(postgres, "alone")
    command = [sys.executable, "-m", "app", "migrate"]
    subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)
    return url


async def test_a_row_that_neither_table_takes_is_counted_and_stands_in_nobody_s_way(alone: str) -> None:
    own, drops = Database(alone, 2), list[int]()
    await own.execute(compile_statement(text("ALTER TABLE audit_quarantine ADD CHECK (reason IS NULL)")))
    log = AuditLog(own, on_drop=drops.append)
    for number in range(4):
        row = record(action="alone")
        if number == 1:
            row.trace_id = "raw \x00 after construction"
        log.offer(row)
    await log.flush()
    assert (await count(own, "alone"), log.dropped, sum(drops)) == (3, 1, 1)
    await own.close()


async def test_what_is_left_at_the_end_is_counted() -> None:
    away = Database("postgresql://x@127.0.0.1:1/x", 1)
    log = AuditLog(away, on_drop=lambda _: None)
    for _ in range(7):
        log.offer(record(action="left"))
    await log.flush()
    await away.close()
    assert log.dropped == 7


async def test_a_full_queue_drops_and_counts_exactly(database: Database) -> None:
    drops: list[int] = []
    log = AuditLog(database, on_drop=drops.append, capacity=10)
    for _ in range(25):
        log.offer(record(action="full"))
    assert (log.dropped, sum(drops)) == (15, 15)
    await log.flush()
    assert await count(database, "full") == 10


@pytest.mark.survives("C06")
async def test_poison_is_stored_clean_or_isolated_and_costs_no_other_row(database: Database) -> None:
    """C06 (D3): among a thousand rows ten are cleaned when they are made, which they say, and ten hold what PostgreSQL refuses: these alone go to the quarantine,
    each with its reason, and all the others are stored."""
    log = AuditLog(database, on_drop=lambda _: None)
    before = await quarantined(database)
    for number in range(1000):
        row = record(action="poison")
        if number % 100 == 7:
            row = record(action="poison", user_agent="a\x00\ud800" + "x" * 1_000_000)
        if number % 100 == 9:
            row.trace_id = "raw \x00 after construction"
        log.offer(row)
    await log.flush()
    assert (await count(database, "poison"), await quarantined(database) - before) == (990, 10)
    flagged = select(AUDIT_LOG.c.id).where(AUDIT_LOG.c.action == "poison", AUDIT_LOG.c.altered)
    assert len(await database.fetch(compile_statement(flagged))) == 10


async def test_each_poison_is_stored_escaped_and_cut_among_the_good_rows(database: Database) -> None:
    log = AuditLog(database, on_drop=lambda _: None)
    poison: list[dict[str, Any]] = [
        {"user_agent": "a\x00b"}, {"user_agent": "\ud800c"}, {"user_agent": "d" * 1_000_000}, {"duration_ms": math.nan},
        {"duration_ms": math.inf}, {"roles": ["\x00", "\udfff"]},
    ]  # fmt: skip
    for one in poison:
        log.offer(record(action="each"))
        log.offer(record(action="each", **one))
    await log.flush()
    columns = (AUDIT_LOG.c.user_agent, AUDIT_LOG.c.duration_ms, AUDIT_LOG.c.roles)
    rows = await database.fetch(
        compile_statement(select(*columns).where(AUDIT_LOG.c.action == "each").order_by(AUDIT_LOG.c.id))
    )
    assert [tuple(row.values()) for row in rows[::2]] == [("t", 1, ["admin"])] * len(poison)
    assert [tuple(row.values()) for row in rows[1::2]] == [
        ("a\\u0000b", 1, ["admin"]), ("\\ud800c", 1, ["admin"]), ("d" * 1024, 1, ["admin"]), ("t", 0, ["admin"]),
        ("t", 2**31 - 1, ["admin"]), ("t", 1, ["\\u0000", "\\udfff"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trace_id", "a\x00b"),
        ("trace_id", "\ud800"),
        ("trace_id", None),
        ("duration_ms", math.nan),
        ("duration_ms", 2**40),
        ("roles", ["a\x00b"]),
    ],
)
async def test_a_row_spoilt_after_its_construction_stands_alone_in_quarantine(
    database: Database, name: str, value: object
) -> None:
    log = AuditLog(database, on_drop=lambda _: None)
    bad, good, before = record(), f"beside {name} {value!a}"[:100], await quarantined(database)
    setattr(bad, name, value)
    for one in (record(action=good), bad, record(action=good)):
        log.offer(one)
    await log.flush()
    assert (await count(database, good), await quarantined(database) - before) == (2, 1)


async def test_a_drained_queue_takes_rows_again_and_the_count_of_drops_stays(database: Database) -> None:
    drops: list[int] = []
    log = AuditLog(database, on_drop=drops.append, capacity=3)
    for _ in range(2):
        for _ in range(4):
            log.offer(record(action="again"))
        await log.flush()
    assert (log.dropped, sum(drops), await count(database, "again")) == (2, 2, 6)


class FailsOnce(Database):
    """Its first batch ends with the given error."""

    def __init__(self, url: str, error: Exception) -> None:
        super().__init__(url, 2)
        self._error: Exception | None = error

    async def execute_many(self, statement: Statement, rows: list[dict[str, object]]) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error
        await super().execute_many(statement, rows)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(),
        asyncpg.ConnectionDoesNotExistError("cut"),
        asyncpg.LockNotAvailableError("a migration holds the table"),
        asyncpg.ReadOnlySQLTransactionError("a standby"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_the_worker_tries_again_what_failed_once(migrated: str, database: Database, error: Exception) -> None:
    failing = FailsOnce(migrated, error)
    log = AuditLog(failing, on_drop=lambda _: None)
    action = f"after {type(error).__name__}"
    log.offer(record(action=action))
    supervisor = Supervisor()
    supervisor.repeat("audit-writer", log.rounds)
    try:
        async with asyncio.timeout(1.5):
            while await count(database, action) == 0:
                await asyncio.sleep(0.01)
    finally:
        await supervisor.stop()
        await failing.close()
    assert await count(database, action) == 1


async def test_the_worker_goes_on_when_its_connection_was_cut_in_between(migrated: str, database: Database) -> None:
    own = Database(migrated, 2)
    connection = await own.pool.take()
    own.pool.give_back(connection)
    connection.terminate()
    log = AuditLog(own, on_drop=lambda _: None)
    log.offer(record(action="cut"))
    supervisor = Supervisor()
    supervisor.repeat("audit-writer", log.rounds)
    try:
        async with asyncio.timeout(1.5):
            while await count(database, "cut") == 0:
                await asyncio.sleep(0.01)
    finally:
        await supervisor.stop()
        await own.close()


class Refuses(Database):
    """PostgreSQL refuses the row, and its host goes dark right then."""

    proxy: Proxy

    async def execute_many(self, statement: Statement, rows: list[dict[str, object]]) -> None:
        await self.proxy.switch(Mode.SILENT)
        raise asyncpg.DataError("invalid byte sequence")


@pytest.mark.survives("D14")
async def test_a_database_that_goes_dark_before_the_quarantine_is_asked_again(
    postgres: Postgres, migrated: str, database: Database
) -> None:
    """D14: a row is refused, and PostgreSQL falls silent before it is in quarantine: the writer's round has an end, and the next one
    puts it there."""
    async with Proxy(postgres.port) as proxy:
        own = Refuses(migrated.replace(f":{postgres.port}/", f":{proxy.port}/"), 2)
        own.proxy = proxy
        log = AuditLog(own, on_drop=lambda _: None, within_s=0.5)
        await own.fetch(compile_statement(text("SELECT 1")))
        async with running(log.rounds.work), asyncio.timeout(30):
            log.offer(record(action="dark"))
            while log.rounds.fault != "it is silent":
                await asyncio.sleep(0.01)
            while not log.quarantined:
                await proxy.switch(Mode.FORWARD)
                await asyncio.sleep(0.05)
        await own.close()
    assert (log.waiting, log.dropped) == (0, 0)
