"""The table of ${r.many_words}; after a change here, `make migration` writes the step of the schema."""

from __future__ import annotations

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Double, ForeignKey, Identity, Index, Integer, LargeBinary, Numeric, Table, Text, Uuid, func
from sqlmodel import SQLModel

${r.constant} = Table(
    "${r.name}",
    SQLModel.metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
% if r.is_owned:
    Column("owner", Text, nullable=False),
% endif
% for one in r.columns:
    Column("${one.name}", ${one.sql_column}),
% endfor
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("version", BigInteger, nullable=False, server_default="1"),
)
% if r.is_owned:
"""`owner` is the subject of who created it; `version` counts from 1 and grows with each update."""
% else:
"""`version` counts from 1 and grows with each update."""
% endif
% for index, columns in r.indexes.items():
Index("${index}", ${", ".join(f"{r.constant}.c.{name}" for name in columns)})
% endfor
