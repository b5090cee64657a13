"""Looks at PostgreSQL: whether it takes us, its version, schema, clock, and room for our connections. Changes nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import asyncpg

from app.addresses import masked
from app.db.database import reason_of
from app.db.schema import Schema, configuration
from app.diagnosis.clock import skew
from app.diagnosis.findings import Finding, State
from app.settings import Settings

URL, CONNECTIONS = "DATABASE_URL", "DATABASE_CONNECTIONS"
WITHIN_S = 2.0
"""For connecting and all questions."""
BESIDE_POOL = 2
"""Connections of a worker that are not the pool's: the probe's and the mover's."""
OLDEST = 140000
"""PostgreSQL 14, as `server_version_num` has it."""
REFUSALS = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InvalidParameterValueError,
    asyncpg.UndefinedObjectError,
    asyncpg.ClientConfigurationError,
)
"""A wrong user, password, database or setting in the URL: the server does not take us, or asyncpg does not ask it."""
FACTS = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) AS room,
    extract(epoch FROM clock_timestamp())::float8 AS clock, pg_is_in_recovery() AS is_standby
"""


async def look(settings: Settings) -> list[Finding]:
    """Of a server that is away there is one finding. Raises nothing for what a server or a network does."""
    url = settings.database_url.get_secret_value()
    try:
        async with asyncio.timeout(WITHIN_S):
            facts, fault, passed_s = await _ask(url)
    except REFUSALS as error:
        return [
            Finding(URL, State.FAULT, f"{masked(url)} refuses us: {error}", "mend user, password or database in it")
        ]
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [
            Finding(URL, State.AWAY, f"{masked(url)} does not answer: {reason_of(error)}", "start it, or mend the URL")
        ]
    return [*_server(url, facts, passed_s), *_schema(fault), *room(settings, facts["room"])]


async def _ask(url: str) -> tuple[Any, str | None, float]:
    """The facts, what is wrong with the schema, and how long the question was under way."""
    connection = await asyncpg.connect(url)
    try:
        begun = time.monotonic()
        facts = await connection.fetchrow(FACTS)
        passed_s = time.monotonic() - begun
        schema = Schema(configuration())
        return facts, schema.fault_of(*await schema.ask(connection)), passed_s
    finally:
        connection.terminate()


def _server(url: str, facts: Any, passed_s: float) -> Iterator[Finding]:
    yield Finding(URL, State.OK, f"PostgreSQL {facts['version']} at {masked(url)}")
    if facts["number"] < OLDEST:
        yield Finding(URL, State.WARNING, "PostgreSQL is older than 14", "take a release that is maintained")
    if facts["is_standby"]:
        yield Finding(URL, State.AWAY, f"{masked(url)} is a standby, which takes no writes", "name the primary")
    yield from skew("PostgreSQL", facts["clock"], passed_s)


def _schema(fault: str | None) -> Iterator[Finding]:
    yield Finding(URL, State.OK, "the schema is this release's") if fault is None else Finding(URL, State.FAULT, fault)


def room(settings: Settings, available: int) -> Iterator[Finding]:
    """`available` is what the server has for users who are no superusers. One node that has too few is a fault, all together a
    warning: other nodes may be fewer, and other programs need some too."""
    node = settings.workers * (settings.database_connections + BESIDE_POOL)
    needed = settings.database_nodes * node
    sums = (
        f"{settings.database_nodes} x {settings.workers} workers x "
        f"({settings.database_connections} + {BESIDE_POOL}) connections are {needed}, and PostgreSQL has {available}"
    )
    advice = "lower DATABASE_CONNECTIONS or WORKERS, or raise max_connections"
    if node > available:
        yield Finding(CONNECTIONS, State.FAULT, f"{sums}, too few for one node", advice)
    elif needed > available:
        yield Finding(CONNECTIONS, State.WARNING, f"{sums}, too few for all nodes at once", advice)
    else:
        yield Finding(CONNECTIONS, State.OK, sums)
