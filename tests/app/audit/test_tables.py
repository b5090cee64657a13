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


async def test_only_postgresql_gives_ids_so_that_their_order_is_that_of_the_rows(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    with pytest.raises(asyncpg.GeneratedAlwaysError):
        await connection.execute(
            "INSERT INTO audit_log (id, at, roles, action, outcome, door, trace_id, duration_ms)"
            " VALUES (1, now(), '{}', 'a', 'success', 'http', 't', 1)"
        )
    await connection.close()


async def test_a_row_in_quarantine_has_its_time_without_being_told(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    found = await connection.fetchval(
        "INSERT INTO audit_quarantine (reason, row) VALUES ('r', '{}') RETURNING at = transaction_timestamp()"
    )
    assert found is True
    await connection.close()


def test_who_and_what_are_found_by_an_index() -> None:
    found = {tuple(column.name for column in index.columns) for index in AUDIT_LOG.indexes}
    assert found == {("action", "id"), ("username", "id"), ("object_id",), ("subject",), ("key", "at")}
