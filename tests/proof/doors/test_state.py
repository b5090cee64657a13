"""What two databases hold is compared row by row, but for moments and what each service numbers itself."""

from __future__ import annotations

import asyncio
import uuid

import asyncpg
import pytest

from app.development.servers import Postgres
from proof.doors.state import states_differ, stored
from tests.databases import new_database


@pytest.fixture
def twins(postgres: Postgres) -> tuple[str, str]:
    mark = uuid.uuid4().hex[:8]
    urls = new_database(postgres, f"one_{mark}"), new_database(postgres, f"two_{mark}")
    for url in urls:
        asyncio.run(change(url, "CREATE TABLE thing (id bigint PRIMARY KEY, name text, at timestamptz DEFAULT now())"))
        asyncio.run(change(url, "INSERT INTO thing (id, name) VALUES (2, 'b'), (1, 'a')"))
    return urls


async def change(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute(statement)
    await connection.close()


async def test_the_same_rows_at_other_moments_are_the_same_state(twins: tuple[str, str]) -> None:
    states = [await stored(url) for url in twins]
    assert states_differ(("one", "two"), states) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE thing SET name = 'c' WHERE id = 1",
        "DELETE FROM thing WHERE id = 2",
        "UPDATE thing SET at = NULL",
        "DROP TABLE thing",
    ],
)
async def test_another_row_is_said_with_its_table(twins: tuple[str, str], statement: str) -> None:
    await change(twins[1], statement)
    (text,) = states_differ(("one", "two"), [await stored(url) for url in twins])
    assert text.startswith("thing behind one and two differs in ")
