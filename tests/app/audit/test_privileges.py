"""C07: a role of the printed SQL does all that the service does, and cannot change an audit row; who has more is told."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from app.audit.log import AuditLog
from app.audit.privileges import excess, grants, rights
from app.audit.sealer import AuditSealer
from app.audit.upkeep import AuditUpkeep
from app.db.database import Database
from generated.errors import ApiError
from tests.app.audit.stored import Stored, record

TABLES = ("audit_log", "audit_log_default", "audit_chain", "audit_digests", "audit_dropped", "audit_quarantine")
OLD = datetime(2024, 2, 29, tzinfo=UTC)


class Limited:
    """A role that can log in, with what `grants` says."""

    def __init__(self, stored: Stored, role: str) -> None:
        self.stored = stored
        self.role = role
        self.url = re.sub(r"//[^@]*@", f"//{role}:x@", stored.plain_url)
        self.database = Database(self.url, 3)

    async def rights(self) -> asyncpg.Record:
        connection = await asyncpg.connect(self.url)
        try:
            return await rights(connection)
        finally:
            connection.terminate()


@pytest.fixture
async def limited(stored: Stored) -> AsyncIterator[Limited]:
    role = f"app_{uuid.uuid4().hex[:8]}"
    async with stored.connected() as connection:
        await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        await connection.execute(grants(role))
    one = Limited(stored, role)
    yield one
    await one.database.close()


@pytest.mark.survives("C07")
async def test_the_service_s_role_adds_and_seals_and_can_change_nothing(stored: Stored, limited: Limited) -> None:
    """C07: with the printed rights the service writes, seals and makes months; UPDATE, DELETE and TRUNCATE of any audit table are refused by
    its rights, before any trigger is asked, and so is whatever would take the triggers away."""
    log = AuditLog(limited.database, on_drop=lambda _: None)
    await log.write(limited.database, record())
    await log.write(limited.database, record(at=OLD))
    await AuditUpkeep(limited.database, ahead=5).look()
    assert await AuditSealer(limited.database, seal_s=0).look() == 2
    assert await stored.kinds() == []
    connection = await asyncpg.connect(limited.url)
    for table in (*TABLES, "audit_log_2024_02"):
        column = (
            "name" if table == "audit_dropped" else "position" if table in ("audit_chain", "audit_digests") else "at"
        )
        for statement in (f"UPDATE {table} SET {column} = NULL", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                await connection.execute(statement)
        for statement in (f"ALTER TABLE {table} DISABLE TRIGGER ALL", f"DROP TABLE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="must be owner"):
                await connection.execute(statement)
    for statement in ("SELECT audit_log_drop_part('audit_log_2024_02', 'x')", "SELECT audit_log_add_part(now())"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await connection.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("SET session_replication_role = replica")
    connection.terminate()


async def test_retention_takes_a_right_of_its_own(stored: Stored, limited: Limited) -> None:
    await stored.add(1, at=OLD)
    await stored.keep()
    upkeep = AuditUpkeep(limited.database, retention_days=100)
    with pytest.raises(ApiError):
        await upkeep.look()
    assert (await limited.rights())["may_drop_parts"] is False
    async with stored.connected() as connection:
        await connection.execute(grants(limited.role, retention=True))
    await upkeep.look()
    assert (upkeep.dropped_rows, (await limited.rights())["may_drop_parts"]) == (1, True)


async def test_a_role_with_more_is_told_and_grants_take_it_away(stored: Stored, limited: Limited) -> None:
    assert list(excess(await limited.rights())) == []
    async with stored.connected() as connection:
        await connection.execute(f"GRANT DELETE, UPDATE ON audit_log_default, audit_chain TO {limited.role}")
        assert list(excess(await rights(connection))) == ["is a superuser"]
        (said,) = excess(await limited.rights())
        assert said == "may change audit_chain (DELETE, UPDATE), audit_log_default (DELETE, UPDATE)"
        await connection.execute(grants(limited.role))
        assert list(excess(await limited.rights())) == []
        await connection.execute(f"ALTER TABLE audit_log OWNER TO {limited.role}")
    assert list(excess(await limited.rights())) == ["owns the tables"]


async def test_months_to_come_have_no_right_of_default_privileges(stored: Stored, limited: Limited) -> None:
    async with stored.connected() as connection:
        await connection.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO {limited.role}")
    await AuditUpkeep(limited.database, ahead=6).look()
    assert list(excess(await limited.rights())) == []


@pytest.mark.parametrize("name", ["", "a'b", 'a"b', "a%b", "a\\b", "a\nb", "x" * 64])
def test_a_name_that_would_end_its_quotation_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="63 characters"):
        grants(name)
    with pytest.raises(ValueError, match="63 characters"):
        grants("app", schema=name)
