"""One transaction, which begins with its first statement.

Promises: `commit` returns only after PostgreSQL has said so; whoever stops waiting for it, or for a rollback, leaves it to end
in the background, within a limit, and its connection is never lost. After either it is over; both may be called again.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from app.db.database import Database, Record, is_lost, is_translated, translated
from app.db.sqlstates import RETRY_S
from app.db.statements import Statement
from generated.errors import ApiError, OutcomeUnknown, Unavailable

COMMIT_S = 10.0
"""For the answer to COMMIT, whoever has stopped to wait for it."""
ATTEMPTS = 2
"""Of BEGIN: a connection that died while it was idle is found out by its first statement, and nothing has run yet."""

BEGIN, COMMIT = "BEGIN", "COMMIT"
AFTER_THE_END = "the transaction is over; a task that outlives its call has none"
log = structlog.get_logger(__name__)


class Misuse(Exception):
    """A transaction's session runs one statement at a time, and none after its end. It is a fault of the code that asks."""


class Transaction:
    """An executor of statements that take effect together, at PostgreSQL's default isolation (READ COMMITTED). One
    statement at a time; ended once, by `commit`, `rollback` or `abandon`. What is asked beside another statement, or
    after the end, is Misuse, and has no effect."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool
        self._clock = database.clock
        self._connection: Any = None
        self._is_busy = False
        self._is_over = False

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        """Raises an ApiError, or asyncpg's IntegrityConstraintViolationError; after either only `rollback` has a sense."""
        if self._is_busy:
            raise Misuse("a transaction runs one statement at a time: await them one after the other")
        self._is_busy = True
        try:
            connection = self._connection or await self._begin()
            rows: list[Record] = await self._clock.fetch(connection, statement, parameters)
            return rows
        except Exception as error:
            if is_translated(error):
                raise translated(error) from error
            raise
        finally:
            self._is_busy = False

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        """The first row, None where there is none; fetches all that the statement yields."""
        rows = await self.fetch(statement, **parameters)
        return rows[0] if rows else None

    async def execute(self, statement: Statement, **parameters: object) -> None:
        """That no row was changed is no error."""
        await self.fetch(statement, **parameters)

    async def commit(self) -> None:
        """Without a statement there is nothing to do. Raises OutcomeUnknown if the answer to COMMIT was lost, or did
        not come within 10 s; Unavailable if PostgreSQL refused it, or the connection was lost before: then nothing has
        happened.

        A cancellation ends the wait, not the COMMIT: who called does not know its outcome then.
        """
        connection = self._end()
        if connection is None:
            return
        was_sound = not connection.is_closed()
        outcome: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

        async def finish(one: Any) -> None:
            await self._commit(one, outcome)

        task = self._pool.recover(connection, finish, within_s=COMMIT_S)
        task.add_done_callback(lambda _: _give_up(outcome))
        error = await asyncio.shield(outcome)
        if error is not None:
            raise _verdict(error, was_sound=was_sound) from error

    async def rollback(self) -> None:
        """Waits for the end of it, so that its locks are gone with the answer; a cancellation leaves it to the background."""
        if (task := self.abandon()) is not None:
            await asyncio.shield(task)

    def abandon(self) -> asyncio.Task[Any] | None:
        """Rolls back in the background; for who has no time left to wait. The task never fails; None where nothing had
        begun."""
        connection = self._end()
        return None if connection is None else self._pool.recover(connection, _rollback)

    def _end(self) -> Any:
        """The connection, once."""
        self._is_over = True
        connection, self._connection = self._connection, None
        return connection

    async def _begin(self) -> Any:
        if self._is_over:
            raise Misuse(AFTER_THE_END)
        for attempt in range(1, ATTEMPTS + 1):
            connection = self._pool.take_at_once() or await self._pool.take()
            try:
                await self._clock.execute(connection, BEGIN)
            except Exception as error:
                self._pool.drop(connection)
                if is_lost(error) and attempt < ATTEMPTS:
                    continue
                if is_translated(error):
                    raise translated(error) from error
                raise
            except BaseException:
                self._pool.recover(connection, _rollback)
                raise
            if self._is_over:
                self._pool.recover(connection, _rollback)
                raise Misuse(AFTER_THE_END)
            self._connection = connection
            return connection
        raise Unavailable(retry_after_s=RETRY_S)

    async def _commit(self, connection: Any, outcome: asyncio.Future[BaseException | None]) -> None:
        """Tells the outcome before the connection is given back; raises what broke the connection."""
        try:
            await self._clock.execute(connection, COMMIT)
        except Exception as error:
            outcome.set_result(error)
            if is_lost(error):
                raise
        else:
            outcome.set_result(None)


def _give_up(outcome: asyncio.Future[BaseException | None]) -> None:
    """The attempt has ended without an answer to COMMIT."""
    if not outcome.done():
        outcome.set_result(TimeoutError())


async def _rollback(connection: Any) -> None:
    await connection.execute("ROLLBACK")


def _verdict(error: BaseException, *, was_sound: bool) -> ApiError:
    """A COMMIT that PostgreSQL answered is known to have failed; one whose answer was lost is not."""
    if not is_lost(error):
        log.warning("database.commit_refused", sqlstate=getattr(error, "sqlstate", None))
        return Unavailable(retry_after_s=RETRY_S)
    return (OutcomeUnknown if was_sound else Unavailable)(retry_after_s=RETRY_S)
