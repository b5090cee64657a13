"""The table of events that are committed and not yet in their topic's stream."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, LargeBinary, Table, Text, Uuid, text
from sqlmodel import Field, SQLModel


class EventOutboxRow(SQLModel, table=True):
    """`event` is the event's JSON. A row lives from COMMIT until the mover has appended it: milliseconds, if all is
    well. Read by `topic` and `id`, in that order; deleted by the mover."""

    __tablename__ = "event_outbox"

    topic: str = Field(sa_column=Column(Text, primary_key=True))
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    pkg_id: int = Field(sa_column=Column(Integer, nullable=False))
    event: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    event_id: uuid.UUID = Field(sa_column=Column(Uuid, nullable=False, server_default=text("gen_random_uuid()")))
    """What the stream remembers, so that an event which is appended twice stands in it once."""
    name: str | None = Field(sa_column=Column(Text))
    """What the topic is called for this event; NULL where it is the topic itself."""
    traceparent: str | None = Field(sa_column=Column(Text))
    """The span of the call that published it; NULL where that is not told."""
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")))


EVENT_OUTBOX: Table = SQLModel.metadata.tables["event_outbox"]
