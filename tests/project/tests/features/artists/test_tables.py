"""Names are unique whatever their case, versions count from 1, and PostgreSQL says so."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy.schema import CreateIndex, CreateTable

from app.features.artists.tables import ARTIST, UNIQUE_NAME


async def test_postgresql_refuses_a_name_in_another_case(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute("INSERT INTO artist (name) VALUES ('Case Ünique')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO artist (name) VALUES ('CASE ÜNIQUE')")
    await connection.close()


async def test_a_new_row_starts_at_version_1_with_both_moments_equal(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    row = await connection.fetchrow("INSERT INTO artist (name) VALUES ('Fresh') RETURNING *")
    await connection.close()
    assert (row["version"], row["created_at"]) == (1, row["updated_at"])
    assert "version BIGINT DEFAULT 1 NOT NULL" in str(CreateTable(ARTIST))


def test_the_table_that_migrations_are_compared_with_refuses_it_too() -> None:
    index = next(one for one in ARTIST.indexes if one.name == UNIQUE_NAME)
    assert str(CreateIndex(index)) == f"CREATE UNIQUE INDEX {UNIQUE_NAME} ON artist (lower(name))"


def test_the_columns_are_the_contract_s_artist() -> None:
    assert {one.name for one in ARTIST.columns} == {
        "id",
        "name",
        "bio",
        "born_on",
        "created_at",
        "updated_at",
        "version",
    }
