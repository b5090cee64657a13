"""Sessions that have ended before their tokens do (ACCEPTANCE D7)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, text
from sqlmodel import Field, SQLModel


class EndedSessionRow(SQLModel, table=True):
    """One session (`sid`), or all of a subject that had begun by `at`: exactly one of the two is there. A
    session is kept for 24 h; a subject for good, since a refresh token of before may live for years."""

    __tablename__ = "ended_session"
    __table_args__ = (
        Index("ended_session_xid", "xid"),
        Index("ended_session_at", "at"),
        Index("ended_session_sid", "sid", postgresql_where=text("sid IS NOT NULL")),
        Index("ended_session_subject", "subject", postgresql_where=text("subject IS NOT NULL")),
        Index("ended_session_token_id", "token_id", unique=True, postgresql_where=text("token_id IS NOT NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    sid: str | None = Field(default=None, sa_column=Column(Text))
    subject: str | None = Field(default=None, sa_column=Column(Text))
    token_id: str | None = Field(default=None, sa_column=Column(Text))
    """`jti` of the logout token that said so, which says it once."""
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))
    xid: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, nullable=False, server_default=text("((pg_current_xact_id())::text)::bigint")),
    )
    """Of the transaction that wrote it: readers find what has become visible since their last look by it."""


ENDED_SESSION: Table = SQLModel.metadata.tables["ended_session"]
