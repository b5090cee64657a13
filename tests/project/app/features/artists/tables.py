"""The artists table."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, DateTime, Identity, Index, Table, Text, func, text
from sqlmodel import Field, SQLModel


class ArtistRow(SQLModel, table=True):
    """Names are unique whatever their case; `version` counts from 1 and grows with each update."""

    __tablename__ = "artist"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    name: str = Field(sa_column=Column(Text, nullable=False))
    bio: str | None = Field(default=None, sa_column=Column(Text))
    born_on: date | None = Field(default=None, sa_column=Column(Date))
    created_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    updated_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False, server_default=text("1")))


UNIQUE_NAME = "artist_name_key"
ARTIST: Table = SQLModel.metadata.tables["artist"]
Index(UNIQUE_NAME, func.lower(ARTIST.c.name), unique=True)
Index("artist_search", func.artist_grams(ARTIST.c.name, ARTIST.c.bio), postgresql_using="gin")
