"""An audit log of a test's own: rows as the service writes them, seals, and whoever changes rows behind its back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import astuple, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from app.audit.chain import Head, Link, seal
from app.audit.log import AuditLog
from app.audit.record import AuditRecord, Outcome
from app.audit.sealer import AuditSealer
from app.audit.upkeep import AuditUpkeep
from app.audit.verification import Fault, Verification
from app.db.database import Database


def record(**given: Any) -> AuditRecord:
    plain: dict[str, Any] = {
        "at": datetime.now(UTC), "username": "ada", "subject": "iss:1", "roles": ["admin"], "action": "a", "outcome": Outcome.SUCCESS,
        "code": None, "door": "http", "object_id": None, "ip": "127.0.0.1", "user_agent": "t", "trace_id": "t", "duration_ms": 1,
    }  # fmt: skip
    return AuditRecord(**plain | given)


class Stored:
    """`url` is of a superuser, as settings take it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.plain_url = url.replace("+asyncpg", "")
        self.database = Database(url, 6)

    async def close(self) -> None:
        await self.database.close()

    async def add(self, count: int, **given: Any) -> None:
        """One after the other, numbered in `object_id`; `at` is the first one's, the others follow by seconds."""
        log = AuditLog(self.database, on_drop=lambda _: None)
        first = given.pop("at", datetime.now(UTC))
        for number in range(count):
            row = record(at=first + timedelta(seconds=number), object_id=str(number), **given)
            await log.write(self.database, row)

    async def seal(self) -> AuditSealer:
        """All that is there, whether or not it is due."""
        sealer = AuditSealer(self.database, seal_s=0)
        await sealer.look()
        return sealer

    async def seal_as_before(self) -> None:
        """As a node of the release before does, whose rows have fewer columns."""
        (last,) = await self.fetch("SELECT position, last_id, hash FROM audit_chain ORDER BY position DESC LIMIT 1")
        rows = await self.fetch("SELECT * FROM audit_log WHERE id > $1 ORDER BY id", last["last_id"])
        head = Head(last["position"], last["last_id"], last["hash"])
        ((link, digests),) = seal(rows, head, last_id=rows[-1]["id"], sealed_at=datetime.now(UTC), form=1)
        values, places = astuple(link), ", ".join(f"${number}" for number in range(1, len(fields(Link)) + 1))
        names = ", ".join(one.name for one in fields(Link))
        await self.fetch(f"INSERT INTO audit_chain ({names}) VALUES ({places})", *values)
        await self.fetch("INSERT INTO audit_digests VALUES ($1, $2)", link.position, digests)

    async def keep(self, **given: Any) -> AuditUpkeep:
        upkeep = AuditUpkeep(self.database, **given)
        await upkeep.look()
        return upkeep

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(self.plain_url)
        try:
            yield connection
        finally:
            connection.terminate()

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        async with self.connected() as connection:
            return list(await connection.fetch(query, *arguments))

    async def tamper(self, *statements: str) -> None:
        """As a superuser, for whom no trigger is in the way."""
        async with self.connected() as connection:
            await connection.execute("SET session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)

    async def verify(self, **given: Any) -> tuple[Verification, list[Fault]]:
        verification = Verification(**given)
        async with self.connected() as connection:
            return verification, [fault async for fault in verification.faults(connection)]

    async def kinds(self, **given: Any) -> list[tuple[str, tuple[int, ...]]]:
        """Of each fault, the ids that it names."""
        _, faults = await self.verify(**given)
        return [(fault.kind, fault.ids) for fault in faults]
