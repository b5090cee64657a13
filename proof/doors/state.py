"""What a service has stored, table by table, as far as it must be the same behind every door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from proof.difference import difference

MASKED = frozenset(
    f"audit_log.{column}" for column in ("key", "sid", "ip", "user_agent", "duration_ms", "door", "trace_id")
)
"""Columns in which each service or door says what is its own: there is a value or not, as in the other."""
NUMBERED = frozenset({"audit_log.id"})
"""Rows that are written behind the answers are numbered as they come."""
LEFT_OUT = ("alembic_version", "audit_chain", "audit_digests", "event_outbox", "stored_answer")
"""What is under way, or is of the door: answers are stored in the form in which they are sent again."""
OF_SOCKETS = ("ws.connect", "ws.refresh", "ws.close")
"""Actions of audit rows that only a door with sockets has."""
TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1
"""
"""Parts of tables are read with the whole."""


async def stored(url: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table of `public`, in the order of their keys, without what is masked."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        tables = await connection.fetch(TABLES)
        out: dict[str, list[dict[str, Any]]] = {}
        for (table,) in tables:
            if table not in LEFT_OUT:
                read = await connection.fetch(f'select * from "{table}"')  # nosec B608  # PostgreSQL's own list has it.
                rows = [_row(table, row) for row in read if table != "audit_log" or row["action"] not in OF_SOCKETS]
                out[table] = sorted(rows, key=lambda row: repr(sorted(row.items(), key=lambda one: one[0])))
        return out
    finally:
        await connection.close()


def _row(table: str, row: asyncpg.Record) -> dict[str, Any]:
    return {name: _value(f"{table}.{name}", value) for name, value in row.items() if f"{table}.{name}" not in NUMBERED}


def _value(column: str, value: Any) -> Any:
    """A moment is there or not: no two services have the same."""
    if column in MASKED or isinstance(value, datetime):
        return value is not None
    return value


def states_differ(names: Sequence[str], states: Sequence[dict[str, list[dict[str, Any]]]]) -> list[str]:
    """One sentence for each table that is not the same behind two doors."""
    out = []
    for name, state in zip(names[1:], states[1:], strict=True):
        for table in sorted({*states[0], *state}):
            one, other = states[0].get(table, []), state.get(table, [])
            if found := difference(one, other):
                out.append(f"{table} behind {names[0]} and {name} differs in {found}")
    return out
