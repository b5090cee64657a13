"""The portraits table."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table, Text
from sqlmodel import Field, SQLModel


class PortraitRow(SQLModel, table=True):
    """One for each artist, who takes it along; `sha256` is of the bytes, in hexadecimal."""

    __tablename__ = "portrait"

    artist_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("artist.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    media_type: str = Field(sa_column=Column(Text, nullable=False))
    sha256: str = Field(sa_column=Column(Text, nullable=False))
    data: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


PORTRAIT: Table = SQLModel.metadata.tables["portrait"]
