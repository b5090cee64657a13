"""Looks at what the service's role may do with the audit log: only add, and whatever keeps the log. Changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg

from app.audit.privileges import excess, rights
from app.diagnosis.findings import Finding, State
from app.settings import KEPT_FOR_EVER, Settings

PART = "audit"
RETENTION = "AUDIT_RETENTION_DAYS"
WITHIN_S = 2.0
GRANTS = "`python -m app audit grants --role NAME` prints the SQL for a role of its own"


async def look(settings: Settings) -> list[Finding]:
    """What a server or a network does raises nothing: that it is away is `postgres.look`'s to say."""
    try:
        async with asyncio.timeout(WITHIN_S):
            connection = await asyncpg.connect(settings.database_url.get_secret_value())
            try:
                found = await rights(connection)
            finally:
                connection.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [Finding(PART, State.UNCHECKED, f"the role's rights cannot be read: {type(error).__name__}")]
    return list(_judged(settings, found))


def _judged(settings: Settings, found: Any) -> Iterator[Finding]:
    """A role that may do too much is a fault of production alone: a database that one person has is that person's."""
    reasons = list(excess(found))
    for reason in reasons:
        state = State.WARNING if settings.is_production else State.OK
        yield Finding(PART, state, f"the service's role {reason}, so it can change or delete audit rows", GRANTS)
    if not reasons:
        yield Finding(PART, State.OK, "the service's role may only add audit rows")
    if not found["may_seal"]:
        yield Finding(PART, State.WARNING, "the service's role may not seal: audit rows have no chain", GRANTS)
    if not found["may_add_parts"]:
        yield Finding(
            PART, State.WARNING, "the service's role may make no parts: rows wait in the one without a month", GRANTS
        )
    if settings.audit_retention_days != KEPT_FOR_EVER and not found["may_drop_parts"]:
        advice = "grant it (`audit grants --retention`), or let the owner run `python -m app audit prune`"
        yield Finding(RETENTION, State.WARNING, "it is set, and the service's role may drop no part", advice)
