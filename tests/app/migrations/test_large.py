"""100,000 audit rows of a release before become a part without being copied, and come back, all of them, whoever may read and write."""

from __future__ import annotations

import asyncio
import os
import sys
import time

import asyncpg
import pytest

from app.development.servers import Postgres
from tests.databases import new_database

BEFORE = "platform_0005"
COUNT = 100_000
FILL = f"""
INSERT INTO audit_log (at, username, subject, roles, action, outcome, door, object_id, trace_id, duration_ms, key)
SELECT now() - n * interval '1 minute', 'user' || n % 100, 'iss:' || n % 100, '{{a}}', 'create_artist', 'success', 'http', n::text,
    md5(n::text), 1, CASE WHEN n % 10 = 0 THEN gen_random_uuid() END
FROM generate_series(1, {COUNT}) n
"""
AHEAD = """
INSERT INTO audit_log (at, roles, action, outcome, door, trace_id, duration_ms)
VALUES ('2099-05-05', '{}', 'ahead', 'success', 'http', 't', 1)
"""
SUM = """
SELECT count(*)::int AS n, sum(id)::bigint AS ids, md5(string_agg((to_jsonb(l) - 'data' - 'altered')::text, '|' ORDER BY id)) AS text
FROM audit_log l
"""
"""Of the columns that there were."""
INSERT = """
INSERT INTO audit_log (at, roles, action, outcome, door, trace_id, duration_ms)
VALUES (now(), '{}', 'after', 'success', 'http', 't', 1) RETURNING id
"""
WITHIN_S = 20.0
"""It takes about one on an idle machine, of which most is Python's beginning."""


async def migrate(url: str, *arguments: str) -> float:
    """Seconds that it took."""
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "migrate", *arguments, env={**os.environ, "DATABASE_URL": url}
    )
    assert await process.wait() == 0
    return time.monotonic() - begun


@pytest.mark.survives("D21")
async def test_a_full_log_goes_into_parts_and_back_with_every_row(postgres: Postgres) -> None:
    """D21: 100,000 audit rows are taken over by the parts within seconds, and back by a rollback: no row is lost or changed, ids go on, and
    a role that could write and read before still can."""
    url = await asyncio.to_thread(new_database, postgres, "large")
    await migrate(url, "upgrade", BEFORE)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(FILL)
    await connection.execute(AHEAD)
    await connection.execute("CREATE ROLE large_app")
    await connection.execute("GRANT SELECT, INSERT, DELETE ON audit_log TO large_app")
    before = await connection.fetchrow(SUM)
    assert await migrate(url) < WITHIN_S
    await connection.reload_schema_state()
    assert await connection.fetchrow(SUM) == before
    parts = await connection.fetch("SELECT name FROM audit_log_parts()")
    assert (parts[0]["name"], len(parts)) == ("audit_log_before", 4)
    assert await connection.fetchval("SELECT count(*) FROM audit_log_default") == 1
    await connection.execute("SET ROLE large_app")
    assert await connection.fetchval(INSERT) == COUNT + 2
    assert await connection.fetchval("SELECT count(*) FROM audit_log_add_parts(4)") == 1
    await connection.execute("INSERT INTO audit_digests VALUES (1, '')")
    for statement in ("DELETE FROM audit_log", "SELECT FROM audit_log_before"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(statement)
    await connection.execute("RESET ROLE")
    after = await connection.fetchrow(SUM)
    assert await migrate(url, "downgrade", BEFORE, "--yes") < WITHIN_S
    await connection.reload_schema_state()
    assert await connection.fetchrow(SUM) == after
    await connection.execute("SET ROLE large_app")
    assert await connection.fetchval(INSERT) == COUNT + 3
    await connection.execute("RESET ROLE")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await connection.execute("DELETE FROM audit_log")
    assert await migrate(url) < WITHIN_S
    assert await connection.fetchval("SELECT count(*) FROM audit_log") == COUNT + 3
    await connection.close()


async def test_indexes_that_were_made_before_are_taken(postgres: Postgres) -> None:
    """As docs/audit.md says, so that the lock is short."""
    url = await asyncio.to_thread(new_database, postgres, "prepared")
    await migrate(url, "upgrade", BEFORE)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(AHEAD.replace("2099-05-05", "2024-02-29"))
    for name, of in (("pkey", "(id, at)"), ("key", "(key, at) WHERE key IS NOT NULL")):
        await connection.execute(f"CREATE UNIQUE INDEX CONCURRENTLY audit_log_before_{name} ON audit_log {of}")
    for name in ("object_id", "subject"):
        await connection.execute(f"CREATE INDEX CONCURRENTLY audit_log_before_{name} ON audit_log USING hash ({name})")
    query = "SELECT relname, relfilenode FROM pg_class WHERE relname LIKE 'audit_log_before%' AND relkind = 'i'"
    made = dict(await connection.fetch(query))
    await migrate(url)
    found = dict(await connection.fetch(query))
    assert made.items() <= found.items()
    attached = "SELECT count(*) FROM pg_inherits JOIN pg_index ON indexrelid = inhrelid WHERE indrelid = 'audit_log_before'::regclass"
    assert (await connection.fetchval(attached), len(found)) == (6, 6)
    await connection.close()
