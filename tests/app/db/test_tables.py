"""What a database says of the releases that serve it stands there once for each step."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert

from app.db.database import Database
from app.db.statements import compile_statement
from app.db.tables import SCHEMA_SERVED

ADD: dict[str, Any] = {"revision": "a step"}


async def test_a_step_stands_there_once(database: Database) -> None:
    added = compile_statement(insert(SCHEMA_SERVED).values([ADD, ADD]))
    with pytest.raises(asyncpg.UniqueViolationError):
        await database.execute(added)
