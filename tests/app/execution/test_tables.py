"""A stored answer is one row per subject, operation and key."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from app.execution.tables import STORED_ANSWER

ADD = "INSERT INTO stored_answer (subject, operation, key, fingerprint) VALUES ($1, $2, $3, '') RETURNING answer, at = now() AS is_now"


def test_the_key_is_the_caller_s_own() -> None:
    assert [column.name for column in STORED_ANSWER.primary_key] == ["subject", "operation", "key"]


async def test_postgresql_takes_a_key_twice_only_of_another_subject_or_operation(migrated: str) -> None:
    key = str(uuid.uuid4())
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    for subject, operation in (("a", "o"), ("b", "o"), ("a", "p")):
        await connection.execute(ADD, subject, operation, key)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(ADD, "a", "o", key)
    await connection.close()


async def test_an_answer_may_be_missing_while_its_call_runs_and_has_its_time_without_being_told(migrated: str) -> None:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    row = await connection.fetchrow(ADD, "a", "o", str(uuid.uuid4()))
    assert (row["answer"], row["is_now"]) == (None, True)
    with pytest.raises(asyncpg.NotNullViolationError):
        await connection.execute("INSERT INTO stored_answer (subject, operation, key) VALUES ('a', 'o', 'k')")
    await connection.close()


def test_what_is_too_old_is_found_by_an_index() -> None:
    assert [[column.name for column in index.columns] for index in STORED_ANSWER.indexes] == [["at"]]
