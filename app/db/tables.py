"""What the database knows of its own schema, beside the steps that Alembic names."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text
from sqlmodel import Field, SQLModel


class SchemaServedRow(SQLModel, table=True):
    """A step after which a release may have been made that serves the schema as it is now: the last one of a line, and those before it for as long as
    the steps between only add. Written whenever steps are taken; a node reads it when it finds steps that it does not know."""

    __tablename__ = "schema_served"

    revision: str = Field(sa_column=Column(Text, primary_key=True))


SCHEMA_SERVED: Table = SQLModel.metadata.tables["schema_served"]
