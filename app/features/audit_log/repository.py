"""Audit rows in PostgreSQL, newest first; each combination of filters has its own compiled statement."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, func, or_, select, true

from app.audit.tables import AUDIT_LOG
from app.db.database import Executor, Record
from app.db.statements import Statement, compile_statement
from generated.enums import AuditDoor, AuditOutcome
from generated.errors import AuditLogNotFound
from generated.results import AuditLog

FILTERS = ("action", "object_id", "outcome", "since", "until", "user")
A = AUDIT_LOG.c


def entry_of(row: Record) -> AuditLog:
    """As the contract shows it: without the row's key."""
    optional = ("username", "subject", "code", "object_id", "ip", "user_agent", "sid", "reason")
    texts = {name: row[name] for name in optional}
    return AuditLog(
        id=row["id"], at=row["at"], action=row["action"], outcome=AuditOutcome(row["outcome"]), door=AuditDoor(row["door"]),
        trace_id=row["trace_id"], duration_ms=row["duration_ms"], roles=list(row["roles"]),
        data={} if row["data"] is None else json.loads(row["data"]), altered=row["altered"], **texts,
    )  # fmt: skip


class AuditLogRepository:
    """Filters are given by name, absent ones not at all: `user` is a username or a subject, `since` is included and
    `until` is not. Between these two only their months are read; user, action and object are found by indexes."""

    def __init__(self) -> None:
        self._one = compile_statement(select(AUDIT_LOG).where(bindparam("id") == A.id))
        subsets = [frozenset(names) for count in range(len(FILTERS) + 1) for names in combinations(FILTERS, count)]
        self._pages: dict[frozenset[str], Statement] = {
            names: compile_statement(_paging(names), name="audit_log page") for names in subsets
        }

    async def get(self, db: Executor, audit_log_id: int) -> AuditLog:
        """Raises AuditLogNotFound."""
        row = await db.fetchrow(self._one, id=audit_log_id)
        if row is None:
            raise AuditLogNotFound
        return entry_of(row)

    async def page(
        self, db: Executor, filters: dict[str, object], *, limit: int, offset: int
    ) -> tuple[list[AuditLog], int]:
        """One page, newest first, and how many rows match in all. Those are counted each time, so a page costs what its
        filter matches."""
        rows = await db.fetch(self._pages[frozenset(filters)], **filters, limit=limit, offset=offset)
        total = int(rows[0]["total"]) if rows else 0
        return [entry_of(row) for row in rows if row["id"] is not None], total


def _conditions(names: frozenset[str]) -> list[ColumnElement[bool]]:
    user: Any = bindparam("user", type_=Text)
    every: dict[str, ColumnElement[bool]] = {
        "action": A.action == bindparam("action"),
        "object_id": A.object_id == bindparam("object_id"),
        "outcome": A.outcome == bindparam("outcome"),
        "since": bindparam("since") <= A.at,
        "until": bindparam("until") > A.at,
        "user": or_(A.username == user, A.subject == user),
    }
    return [every[name] for name in sorted(names)]


def _paging(names: frozenset[str]) -> Any:
    conditions = _conditions(names)
    count = select(func.count().label("total")).select_from(AUDIT_LOG).where(*conditions).subquery("c")
    page = (
        select(AUDIT_LOG).where(*conditions).order_by(A.id.desc()).limit(bindparam("limit")).offset(bindparam("offset"))
    )
    rows = page.subquery("p")
    joined = count.outerjoin(rows, true())
    return select(rows, count.c.total).select_from(joined).order_by(rows.c.id.desc())
