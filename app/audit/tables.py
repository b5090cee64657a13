"""The audit tables. Rows are only ever added: triggers of the migrations refuse UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class AuditLogRow(SQLModel, table=True):
    """One call and its outcome; the names of the contract's AuditLog. Read newest first by `id`, which orders rows as
    they were written, not as they were committed. In parts by month of `at`, so that every unique key has it too."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("audit_log_action_id", "action", "id"),
        Index("audit_log_username_id", "username", "id"),
        Index("audit_log_key", "key", "at", unique=True, postgresql_where=text("key IS NOT NULL")),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    username: str | None = Field(default=None, sa_column=Column(Text))
    subject: str | None = Field(default=None, sa_column=Column(Text))
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    action: str = Field(sa_column=Column(Text, nullable=False))
    outcome: str = Field(sa_column=Column(Text, nullable=False))
    code: str | None = Field(default=None, sa_column=Column(Text))
    door: str = Field(sa_column=Column(Text, nullable=False))
    object_id: str | None = Field(default=None, sa_column=Column(Text))
    ip: str | None = Field(default=None, sa_column=Column(Text))
    user_agent: str | None = Field(default=None, sa_column=Column(Text))
    trace_id: str = Field(sa_column=Column(Text, nullable=False))
    duration_ms: int = Field(sa_column=Column(Integer, nullable=False))
    sid: str | None = Field(default=None, sa_column=Column(Text))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    key: UUID | None = Field(default=None, sa_column=Column(Uuid))
    """NULL in rows that were written once, in a transaction; else there is one row for each, however often it was tried: each try
    has the same `at`."""


class AuditQuarantineRow(SQLModel, table=True):
    """What PostgreSQL would not take into `audit_log`, as text, with the reason."""

    __tablename__ = "audit_quarantine"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    row: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


AUDIT_LOG: Table = SQLModel.metadata.tables["audit_log"]
AUDIT_QUARANTINE: Table = SQLModel.metadata.tables["audit_quarantine"]
