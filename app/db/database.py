"""PostgreSQL behind a pool of held connections: plain reads here, transactions in `transaction`.

Connections are held, since a checkout per request costs more than the query (PERFORMANCE). Promises: whatever PostgreSQL
answers or does not, a caller gets rows or an ApiError of the catalogue, but for violated constraints, which a repository may
know better; a use that is cancelled is cleaned up in the background.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import asyncpg
import structlog

from app.addresses import masked
from app.db.pool import Pool
from app.db.sqlstates import RETRY_S, Meaning, meaning_of, refusal_of
from app.db.statement_clock import StatementClock
from app.db.statements import Statement
from generated.errors import ApiError, Unavailable
from generated.product import NAME

Record = Mapping[str, Any]
CONNECT_S = 5.0
"""For a connection and its authentication together."""
PROBE_S = 1.0
LOST = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
    OSError,
)
"""Failures of the connection itself; asyncpg's own states are broken by a cut in the middle of a read."""

SESSION: Mapping[str, str] = {
    "application_name": NAME,
    "statement_timeout": "30000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "jit": "off",
}
"""Limits on the server's side too, in milliseconds (seconds for keep-alives): a backend whose client is gone ends by
itself, and no lock is waited for longer than 2 s (D21)."""

log = structlog.get_logger(__name__)


class Executor(Protocol):
    """Runs compiled statements; parameters go by name, and a name that the statement does not have is ignored. KeyError
    for one that is missing."""

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        """All rows at once, in memory. Raises an ApiError for what PostgreSQL or the connection refuses, but asyncpg's
        IntegrityConstraintViolationError as it is: a repository may know its constraint. One that nobody translates is
        answered `changed_meanwhile` where it is a unique, foreign-key or exclusion constraint, else `internal`."""

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        """The first row, None where there is none. Fetches all that the statement yields."""

    async def execute(self, statement: Statement, **parameters: object) -> None:
        """For statements whose rows nobody wants. That no row was changed is no error."""


class Database:
    """An executor of single statements without a transaction. `url` is SQLAlchemy's or libpq's; `connections` are
    opened when they are first needed, and then kept. Making it opens nothing; whoever makes it calls `close`. One event
    loop. `clock` hears of each statement, also of those of transactions."""

    def __init__(
        self,
        url: str,
        connections: int,
        *,
        clock: StatementClock | None = None,
        on_wait: Callable[[float, str], None] = lambda seconds, outcome: None,
        on_transition: Callable[[str, str, str], None] = lambda name, old, new: None,
    ) -> None:
        self._url = url.replace("+asyncpg", "", 1)
        self.clock = clock or StatementClock()
        self.pool: Pool[Any] = Pool(
            self._connect, connections, name="postgresql", on_wait=on_wait, on_transition=on_transition
        )
        self._probe: Any = None

    async def connect_alone(
        self, settings: Mapping[str, str] = MappingProxyType({}), *, answer_s: float | None = None
    ) -> Any:
        """A connection beside the pool, whose session is the caller's, who terminates it; `settings` are the server's.

        Each statement is answered within `answer_s` or raises TimeoutError. Raises Unavailable.
        """
        try:
            return await self._connect({**SESSION, **settings}, answer_s)
        except (*LOST, asyncpg.PostgresError) as error:
            raise Unavailable(retry_after_s=RETRY_S) from error

    async def _connect(self, settings: Mapping[str, str] = SESSION, answer_s: float | None = None) -> Any:
        return await asyncpg.connect(
            self._url,
            server_settings=dict(settings),
            statement_cache_size=500,
            max_cached_statement_lifetime=0,
            timeout=CONNECT_S,
            command_timeout=answer_s,
        )

    async def close(self) -> None:
        """What still runs is cut; returns within about a second. Afterwards every statement raises Unavailable."""
        if self._probe is not None:
            self._probe.terminate()
        await self.pool.close()

    async def fault(self) -> str | None:
        """None where a primary answers within 1 s; else why not, in words for who runs the node. A standby, which takes no
        writes, is one. Asks on a connection of its own, never behind requests that wait for the pool. For one caller at a
        time."""
        try:
            async with asyncio.timeout(PROBE_S):
                if self._probe is None or self._probe.is_closed():
                    self._probe = await self._connect()
                is_standby = await self._probe.fetchval("SELECT pg_is_in_recovery()")
        except (*LOST, asyncpg.PostgresError) as error:
            if self._probe is not None:
                self._probe.terminate()
                self._probe = None
            return f"{masked(self._url)}: {reason_of(error)}"
        return f"{masked(self._url)} is a standby, which takes no writes" if is_standby else None

    async def fetch(self, statement: Statement, **parameters: object) -> list[Record]:
        """Raises an ApiError, or asyncpg's IntegrityConstraintViolationError. A cancelled one is cancelled at the
        server too, in the background. Waits for a connection for at most 0.5 s, for PostgreSQL as long as its
        `statement_timeout` of 30 s: the caller's deadline is what ends it sooner."""
        pool = self.pool
        connection = pool.take_at_once() or await pool.take()
        try:
            rows: list[Record] = await self.clock.fetch(connection, statement, parameters)
        except BaseException as error:
            self._put_away(connection, error)
            if is_translated(error):
                raise translated(error) from error
            raise
        pool.give_back(connection)
        return rows

    async def fetchrow(self, statement: Statement, **parameters: object) -> Record | None:
        """The first row, None where there is none; fetches all that the statement yields."""
        rows = await self.fetch(statement, **parameters)
        return rows[0] if rows else None

    async def execute(self, statement: Statement, **parameters: object) -> None:
        """That no row was changed is no error."""
        await self.fetch(statement, **parameters)

    async def execute_many(self, statement: Statement, rows: list[dict[str, object]]) -> None:
        """One statement with each row's parameters, pipelined, all or none. Raises Unavailable without a connection, else what
        asyncpg raises. Not COPY: asyncpg 0.32 leaves an exception behind that nobody can retrieve when its session is ended.
        """
        connection = await self.pool.take()
        try:
            await self.clock.execute_many(connection, statement, rows)
        except BaseException as error:
            self._put_away(connection, error)
            raise
        self.pool.give_back(connection)

    def _put_away(self, connection: Any, error: BaseException) -> None:
        """After a failure: broken, idle again, or, where the use was cut short, idle soon."""
        if is_lost(error):
            self.pool.drop(connection)
        elif isinstance(error, asyncpg.PostgresError):
            self.pool.give_back(connection)
        else:
            self.pool.recover(connection, _restore_idle)


def is_lost(error: BaseException) -> bool:
    """Whether the connection is not to be used again: a failure of its own, or a state that only a new one gets out of."""
    if isinstance(error, asyncpg.PostgresError):
        return meaning_of(error) is Meaning.LOST
    return isinstance(error, LOST)


def is_translated(error: BaseException) -> bool:
    """What PostgreSQL and the connection refuse, a caller gets to see as an ApiError; all else as it is."""
    if isinstance(error, asyncpg.PostgresError):
        return not isinstance(error, asyncpg.IntegrityConstraintViolationError)
    return is_lost(error)


def translated(error: BaseException) -> ApiError:
    return refusal_of(error) if isinstance(error, asyncpg.PostgresError) else Unavailable(retry_after_s=RETRY_S)


def reason_of(error: BaseException) -> str:
    """In words, as PostgreSQL or the system has them; no password is in it."""
    if isinstance(error, TimeoutError):
        return "it is silent"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


async def _restore_idle(connection: Any) -> None:
    """After a statement that was cut short: its cancellation has been answered, and no transaction is open."""
    await connection.execute("ROLLBACK" if connection.is_in_transaction() else "SELECT")
