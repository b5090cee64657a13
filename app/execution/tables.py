"""Stored answers of calls with an idempotency key (D4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Text, text
from sqlmodel import Field, SQLModel


class StoredAnswer(SQLModel, table=True):
    """One success of a keyed call, as the JSON of its result, for 24 h; deleted by `purge`. `answer` is NULL only
    inside the transaction that runs the call."""

    __tablename__ = "stored_answer"
    __table_args__ = (Index("stored_answer_at", "at"),)

    subject: str = Field(sa_column=Column(Text, primary_key=True))
    operation: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    fingerprint: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))


STORED_ANSWER: Table = SQLModel.metadata.tables["stored_answer"]
