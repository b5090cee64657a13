"""Each statement is timed by its name, and one that is slow has a line without a value."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import asyncpg
import pytest
from sqlalchemy import bindparam, func, select, text
from structlog.testing import capture_logs

from app.db.database import Database
from app.db.statement_clock import StatementClock, error_class
from app.db.statements import compile_statement
from app.db.transaction import Transaction
from app.telemetry.bounded_lines import MAX_LINES
from generated.errors import ApiError

NAP = compile_statement(select(func.pg_sleep(bindparam("nap_s")), text("'sesame'")), name="nap")
WRONG = compile_statement(text("SELECT 1/0"), name="wrong")
TAKEN = compile_statement(text("INSERT INTO alembic_version SELECT version_num FROM alembic_version"), name="taken")


@dataclass
class Heard:
    statements: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)

    def statement(self, name: str, seconds: float) -> None:
        self.statements.append(name)
        self.seconds.append(seconds)

    def statement_failed(self, name: str, error: str) -> None:
        self.failures.append((name, error))

    def waited(self, seconds: float, outcome: str) -> None:
        assert seconds >= 0
        self.waits.append(outcome)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def database(migrated: str, heard: Heard) -> AsyncIterator[Database]:
    one = Database(migrated, 1, clock=StatementClock(heard, slow_s=0.05), on_wait=heard.waited)
    yield one
    await one.close()


async def test_reads_transactions_and_batches_are_timed_by_name(database: Database, heard: Heard) -> None:
    await database.fetch(NAP, nap_s=0.0)
    transaction = Transaction(database)
    await transaction.fetch(NAP, nap_s=0.02)
    await transaction.commit()
    await database.execute_many(NAP, [{"nap_s": 0.0}, {"nap_s": 0.0}])
    assert heard.statements == ["nap", "begin", "nap", "commit", "nap"]
    assert heard.seconds[2] >= 0.02
    assert heard.failures == []


async def test_a_slow_one_has_a_line_with_its_name_and_no_value_and_a_quick_one_has_none(database: Database) -> None:
    with capture_logs() as lines:
        await database.fetch(NAP, nap_s=0.0)
        await database.fetch(NAP, nap_s=0.0631)
    [line] = lines
    assert (line["event"], line["log_level"], line["statement"]) == ("database.slow_statement", "warning", "nap")
    assert 60 < line["duration_ms"] < 5000
    assert not [one for one in ("0.0631", "sesame", "SELECT") if one in str({**line, "duration_ms": 0})]


async def test_one_that_is_slow_again_and_again_has_ten_lines(migrated: str) -> None:
    database = Database(migrated, 1, clock=StatementClock(slow_s=0.000_001))
    with capture_logs() as lines:
        for _ in range(MAX_LINES + 5):
            await database.fetch(NAP, nap_s=0.0)
    await database.close()
    assert len(lines) == MAX_LINES


async def test_nothing_is_slow_where_the_setting_is_0(migrated: str) -> None:
    database = Database(migrated, 1, clock=StatementClock(slow_s=0.0))
    with capture_logs() as lines:
        await database.fetch(NAP, nap_s=0.1)
    await database.close()
    assert lines == []


async def test_failures_are_counted_by_what_they_mean(database: Database, heard: Heard) -> None:
    for statement in (WRONG, TAKEN):
        with pytest.raises((ApiError, asyncpg.IntegrityConstraintViolationError)):
            await database.fetch(statement)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await database.fetch(NAP, nap_s=5.0)
    assert heard.failures == [("wrong", "internal"), ("taken", "constraint"), ("nap", "cancelled")]
    assert heard.statements[:3] == ["wrong", "taken", "nap"], "what fails has taken its time, too"


async def test_waits_for_a_connection_are_told_and_who_gets_one_at_once_did_not_wait(
    database: Database, heard: Heard
) -> None:
    await asyncio.gather(database.fetch(NAP, nap_s=0.05), database.fetch(NAP, nap_s=0.0))
    assert heard.waits == ["served", "served"], "the first waits for its opening"
    await database.fetch(NAP, nap_s=0.0)
    assert len(heard.waits) == 2
    connection = await database.pool.take()
    with pytest.raises(ApiError):
        await database.fetch(NAP, nap_s=0.0)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await database.fetch(NAP, nap_s=0.0)
    database.pool.give_back(connection)
    assert heard.waits[2:] == ["refused", "cancelled"]


@pytest.mark.parametrize(
    ("error", "name"),
    [(asyncpg.AdminShutdownError(""), "lost"), (ConnectionResetError(), "lost"), (asyncpg.LockNotAvailableError(""), "unavailable"),
     (asyncpg.ForeignKeyViolationError(""), "constraint"), (KeyError("x"), "other"), (asyncio.CancelledError(), "cancelled")],
)  # fmt: skip
def test_an_error_is_one_of_few_words(error: BaseException, name: str) -> None:
    assert error_class(error) == name
