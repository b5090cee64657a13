"""The audit tables. Rows are only ever added: triggers of the migrations refuse UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel


class AuditLogRow(SQLModel, table=True):
    """One call and its outcome; the names of the contract's AuditLog. Read newest first by `id`, which orders rows as
    they were written, not as they were committed. In parts by month of `at`, so that every unique key has it too."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("audit_log_action_id", "action", "id"),
        Index("audit_log_username_id", "username", "id"),
        Index("audit_log_object_id", "object_id", postgresql_using="hash"),
        Index("audit_log_subject", "subject", postgresql_using="hash"),
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
    data: dict[str, str] | None = Field(default=None, sa_column=Column(JSONB))
    """What the contract keeps of the request; NULL for nothing."""
    altered: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=text("false")))


class AuditQuarantineRow(SQLModel, table=True):
    """What PostgreSQL would not take into `audit_log`, as text, with the reason."""

    __tablename__ = "audit_quarantine"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))
    reason: str = Field(sa_column=Column(Text, nullable=False))
    row: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


class AuditChainRow(SQLModel, table=True):
    """One link: a seal over the rows of one month among those with an id above `after_id`, up to `last_id`.

    The links of one seal have the same range. `rows_hash` is SHA-256 of the digests, `hash` of the link with the `previous` one's hash;
    `app/audit/chain.py` has their forms. A link stays when its rows are dropped.
    """

    __tablename__ = "audit_chain"

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    form: int = Field(sa_column=Column(SmallInteger, nullable=False))
    month: date = Field(sa_column=Column(Date, nullable=False))
    after_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    rows: int = Field(sa_column=Column(Integer, nullable=False))
    first_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    last_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    sealed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    rows_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    previous: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditDigestsRow(SQLModel, table=True):
    """Of each row of a link its id and its digest, so that a row that was changed can be named. Goes with the rows."""

    __tablename__ = "audit_digests"

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    digests: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditDroppedRow(SQLModel, table=True):
    """What a retention took away: a part of the log, how many rows it had, how many of its months' were sealed, and the chain's head
    at that time. Written by the function that drops."""

    __tablename__ = "audit_dropped"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    since: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    rows: int = Field(sa_column=Column(BigInteger, nullable=False))
    sealed: int = Field(sa_column=Column(BigInteger, nullable=False))
    head_position: int = Field(sa_column=Column(BigInteger, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    by: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))


AUDIT_LOG: Table = SQLModel.metadata.tables["audit_log"]
AUDIT_QUARANTINE: Table = SQLModel.metadata.tables["audit_quarantine"]
AUDIT_CHAIN: Table = SQLModel.metadata.tables["audit_chain"]
AUDIT_DIGESTS: Table = SQLModel.metadata.tables["audit_digests"]
AUDIT_DROPPED: Table = SQLModel.metadata.tables["audit_dropped"]
