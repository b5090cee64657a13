"""Names are unique whatever their case, and PostgreSQL says so."""

from __future__ import annotations

import asyncpg
import pytest

from app.features.authors.tables import AUTHOR


async def test_postgresql_refuses_a_name_in_another_case(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute("INSERT INTO author (name) VALUES ('Case Ünique')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO author (name) VALUES ('CASE ÜNIQUE')")
    await connection.close()


def test_the_columns_are_the_contract_s_author() -> None:
    assert {one.name for one in AUTHOR.columns} == {
        "id",
        "name",
        "bio",
        "born_on",
        "created_at",
        "updated_at",
        "version",
    }
