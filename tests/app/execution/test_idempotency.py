"""One key, one effect: a repeated call gets the stored answer, another request or a running one is refused (D4)."""

from __future__ import annotations

import uuid

import pytest

from app.db.database import Database
from app.execution.idempotency import AnswerStore, Replay
from generated.errors import IdempotencyKeyReused, RequestInProgress
from generated.models import CreateAuthorRequest
from generated.results import Author
from generated.wire import CODECS
from tests.app.features.authors.authors import NOW

ANSWER = Author(id=1, name="x", bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)


async def test_the_second_call_gets_the_first_s_answer(database: Database) -> None:
    key = str(uuid.uuid4())
    for attempt in range(2):
        transaction = database.transaction()
        one = Replay(
            AnswerStore(), transaction, CODECS["create_author"], ("s", "o", key), CreateAuthorRequest(name="x")
        )
        stored = await one.begin()
        assert stored == (None if attempt == 0 else (ANSWER,))
        if stored is None:
            await one.finish(ANSWER)
        await transaction.commit()


async def test_while_the_first_runs_the_second_is_refused(database: Database) -> None:
    key = str(uuid.uuid4())
    first, second = database.transaction(), database.transaction()
    scope, request = ("s", "o", key), CreateAuthorRequest(name="x")
    assert await Replay(AnswerStore(), first, CODECS["create_author"], scope, request).begin() is None
    with pytest.raises(RequestInProgress):
        await Replay(AnswerStore(), second, CODECS["create_author"], scope, request).begin()
    await first.rollback()
    await second.rollback()


async def test_what_was_rolled_back_is_not_remembered_and_another_request_is_refused(database: Database) -> None:
    key = str(uuid.uuid4())
    for is_kept in (False, True):
        transaction = database.transaction()
        one = Replay(
            AnswerStore(), transaction, CODECS["create_author"], ("s", "o", key), CreateAuthorRequest(name="x")
        )
        assert await one.begin() is None
        await one.finish(ANSWER)
        await (transaction.commit() if is_kept else transaction.rollback())
    transaction = database.transaction()
    other = Replay(AnswerStore(), transaction, CODECS["create_author"], ("s", "o", key), CreateAuthorRequest(name="y"))
    with pytest.raises(IdempotencyKeyReused):
        await other.begin()
    await transaction.rollback()
