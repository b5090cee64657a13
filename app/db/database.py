"""PostgreSQL: one SQLAlchemy engine configures it, and a free list of its connections serves it.

Connections are leased from the engine once and held, since a checkout per request costs more than the query
(PERFORMANCE). Promises: a wait is at most 0.5 s; a broken connection is replaced; a cancelled query loses none.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

import asyncpg
import structlog
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db.statements import Statement
from generated.errors import OutcomeUnknown, Unavailable

Record = Mapping[str, Any]
MAX_WAIT_S = 0.5
CONNECT_S = 5.0
COMMIT_S = 10.0
RETRY_S = 1
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
)
"""Errors after which a connection is not used again; asyncpg's own states are broken by a cut in the middle of a read."""
DOOMED = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
log = structlog.get_logger(__name__)


class Executor(Protocol):
    """Runs compiled statements; parameters go by name."""

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]: ...

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None: ...

    async def execute(self, statement: Statement, **parameters: object) -> None: ...


def make_engine(url: str, connections: int) -> AsyncEngine:
    """The one place that configures PostgreSQL (D21)."""
    settings = {
        "application_name": "stele",
        "statement_timeout": "30000",
        "lock_timeout": "2000",
        "idle_in_transaction_session_timeout": "10000",
        "jit": "off",
    }
    arguments = {
        "server_settings": settings,
        "statement_cache_size": 500,
        "max_cached_statement_lifetime": 0,
        "timeout": CONNECT_S,
    }
    return create_async_engine(
        url, pool_size=connections, max_overflow=0, pool_timeout=MAX_WAIT_S, connect_args=arguments
    )


class Database:
    """An executor of reads without a transaction, and the source of transactions."""

    def __init__(self, engine: AsyncEngine, connections: int) -> None:
        self._engine = engine
        self._size = connections
        self._leased: dict[Any, AsyncConnection] = {}
        self._pending = 0
        self._discarding: set[asyncio.Task[None]] = set()
        self._free: deque[Any] = deque()
        self._waiting: deque[asyncio.Future[Any]] = deque()

    async def close(self) -> None:
        for leased in self._leased.values():
            await leased.invalidate()
            await leased.close()
        self._leased.clear()
        self._free.clear()
        await self._engine.dispose()

    async def ping(self) -> bool:
        try:
            connection = await self.take()
        except Unavailable:
            return False
        try:
            return bool(await connection.fetchval("SELECT true", timeout=MAX_WAIT_S))
        except (*LOST, asyncpg.PostgresError):
            return False
        finally:
            self.put(connection)

    def transaction(self) -> Transaction:
        return Transaction(self)

    async def connect_alone(self, settings: Mapping[str, str], *, answer_s: float) -> Any:
        """A connection beside the pool, whose session is the caller's, who terminates it; `settings` are the server's.

        Each statement is answered within `answer_s` or raises TimeoutError. Raises Unavailable.
        """
        _, place = self._engine.dialect.create_connect_args(self._engine.url)
        try:
            return await asyncpg.connect(
                **place, server_settings=dict(settings), timeout=CONNECT_S, command_timeout=answer_s
            )
        except (*LOST, OSError, asyncpg.PostgresError) as error:
            raise Unavailable(retry_after_s=RETRY_S) from error

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        connection = self._free.popleft() if self._free else await self.take()
        try:
            rows: list[Record] = await connection.fetch(statement.sql, *statement.arguments(parameters))
            return rows
        except LOST as error:
            connection.terminate()
            raise Unavailable(retry_after_s=RETRY_S) from error
        finally:
            self.put(connection)

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        rows = await self.fetch(statement, **parameters)
        return rows[0] if rows else None

    async def execute(self, statement: Statement, **parameters: object) -> None:
        await self.fetch(statement, **parameters)

    async def take(self) -> Any:
        """A free connection, a new one, or the next that comes back within 0.5 s."""
        if self._free:
            return self._free.popleft()
        if len(self._leased) + self._pending < self._size:
            return await self._lease()
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(MAX_WAIT_S):
                connection = await waiter
        except TimeoutError:
            raise Unavailable(retry_after_s=RETRY_S) from None
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.result() is not None:
                self.put(waiter.result())
            raise
        return connection if connection is not None else await self._lease()

    def put(self, connection: Any) -> None:
        """Give back; a closed connection gives its place to a new one."""
        if connection.is_closed() or connection.is_in_transaction():
            self._drop(connection)
            connection = None
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        if connection is not None:
            self._free.append(connection)

    async def _lease(self) -> Any:
        self._pending += 1
        try:
            leased = await self._engine.connect()
            raw = (await leased.get_raw_connection()).driver_connection
        except (*LOST, OSError, asyncpg.PostgresError, PoolTimeout) as error:
            raise Unavailable(retry_after_s=RETRY_S) from error
        except Exception as error:
            if isinstance(error.__cause__, (*LOST, OSError, asyncpg.PostgresError)):
                raise Unavailable(retry_after_s=RETRY_S) from error
            raise
        finally:
            self._pending -= 1
        self._leased[raw] = leased
        return raw

    def _drop(self, connection: Any) -> None:
        """The pool forgets the connection at once; it is closed in the background."""
        leased = self._leased.pop(connection, None)
        if not connection.is_closed():
            connection.terminate()
        if leased is not None:
            task = asyncio.get_running_loop().create_task(_discard(leased))
            self._discarding.add(task)
            task.add_done_callback(self._discarding.discard)


async def _discard(leased: AsyncConnection) -> None:
    """Takes the connection's place in the engine's pool back."""
    with contextlib.suppress(Exception):
        await leased.invalidate()
        await leased.close()


class Transaction:
    """Begins with its first statement. After `commit` or `rollback` it is over; both may be called again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        connection = self._connection or await self._begin()
        try:
            rows: list[Record] = await connection.fetch(statement.sql, *statement.arguments(parameters))
            return rows
        except (*LOST, *DOOMED) as error:
            raise Unavailable(retry_after_s=RETRY_S) from error

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        rows = await self.fetch(statement, **parameters)
        return rows[0] if rows else None

    async def execute(self, statement: Statement, **parameters: object) -> None:
        await self.fetch(statement, **parameters)

    async def commit(self) -> None:
        """Raises OutcomeUnknown if the answer to COMMIT was lost, Unavailable if PostgreSQL refused it."""
        if self._connection is None:
            return
        was_sound = not self._connection.is_closed()
        try:
            await asyncio.shield(self._finish("COMMIT", COMMIT_S))
        except LOST as error:
            raise (OutcomeUnknown if was_sound else Unavailable)(retry_after_s=RETRY_S) from error
        except asyncpg.PostgresError as error:
            log.warning("commit refused", sqlstate=error.sqlstate)
            raise Unavailable(retry_after_s=RETRY_S) from error

    async def rollback(self) -> None:
        if self._connection is None:
            return
        try:
            await asyncio.shield(self._finish("ROLLBACK", CONNECT_S))
        except (*LOST, asyncpg.PostgresError):
            return

    async def _begin(self) -> Any:
        connection = await self._database.take()
        try:
            await connection.execute("BEGIN")
        except LOST as error:
            self._database.put(connection)
            raise Unavailable(retry_after_s=RETRY_S) from error
        except BaseException:
            connection.terminate()
            self._database.put(connection)
            raise
        self._connection = connection
        return connection

    async def _finish(self, word: str, timeout_s: float) -> None:
        connection, self._connection = self._connection, None
        try:
            await connection.execute(word, timeout=timeout_s)
        except asyncpg.PostgresError:
            raise
        except BaseException:
            connection.terminate()
            raise
        finally:
            self._database.put(connection)
