"""The table of books; after a change here, `make migration` writes the step of the schema."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Identity, Index, Table, Text, column, func, table
from sqlmodel import SQLModel

BOOK = Table(
    "book",
    SQLModel.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("title", Text, nullable=False),
    Column("author_id", BigInteger, ForeignKey("author.id"), nullable=False),
    Column("published_on", Date),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("version", BigInteger, nullable=False, server_default="1"),
)
"""`version` counts from 1 and grows with each update."""
Index("book_author_id", BOOK.c.author_id)

AUTHOR = table("author", column("id", BigInteger), column("name", Text))
"""What books read of the authors' table, which is no feature's but theirs."""
