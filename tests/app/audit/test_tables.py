"""Audit rows are only ever added."""

from __future__ import annotations

import asyncpg
import pytest

from app.audit.tables import AUDIT_LOG, AUDIT_QUARANTINE


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
async def test_postgresql_itself_refuses_to_change_the_log(migrated: str, statement: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute(
        "INSERT INTO audit_log (at, roles, action, outcome, door, trace_id, duration_ms) VALUES (now(), '{}', 'a', 'success', 'http', 't', 1)"
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await connection.execute(statement)
    await connection.close()


def test_a_row_has_what_the_contract_shows() -> None:
    assert {"username", "subject", "outcome", "trace_id"} <= {one.name for one in AUDIT_LOG.columns}
    assert {one.name for one in AUDIT_QUARANTINE.columns} == {"id", "at", "reason", "row"}
