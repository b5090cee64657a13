"""One key, one effect: a repeated call gets the stored answer, another request or a running one is refused (D4)."""

from __future__ import annotations

import uuid

import pytest
from pydantic import BaseModel
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from app.db.database import Database, Executor
from app.db.statements import compile_statement
from app.db.transaction import Transaction
from app.execution.idempotency import TTL, AnswerStore, Replay, fingerprint
from app.execution.purge import AnswerPurge
from app.execution.tables import STORED_ANSWER
from generated.errors import IdempotencyKeyReused, OutcomeUnknown, RequestInProgress
from generated.models import CreateArtistRequest
from generated.results import Artist
from generated.wire import CODECS
from tests.features.artists.artists import NOW

ANSWER = Artist(id=1, name="x", bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)


async def test_the_second_call_gets_the_first_s_answer(database: Database) -> None:
    key = str(uuid.uuid4())
    for attempt in range(2):
        transaction = Transaction(database)
        one = Replay(
            AnswerStore(), transaction, CODECS["create_artist"], ("s", "o", key), CreateArtistRequest(name="x")
        )
        stored = await one.begin()
        assert stored == (None if attempt == 0 else (ANSWER,))
        if stored is None:
            await one.finish(ANSWER)
        await transaction.commit()


async def test_while_the_first_runs_the_second_is_refused(database: Database) -> None:
    key = str(uuid.uuid4())
    first, second = Transaction(database), Transaction(database)
    scope, request = ("s", "o", key), CreateArtistRequest(name="x")
    assert await Replay(AnswerStore(), first, CODECS["create_artist"], scope, request).begin() is None
    with pytest.raises(RequestInProgress) as refused:
        await Replay(AnswerStore(), second, CODECS["create_artist"], scope, request).begin()
    assert refused.value.retry_after_s == 1
    await first.rollback()
    await second.rollback()


async def test_what_was_rolled_back_is_not_remembered_and_another_request_is_refused(database: Database) -> None:
    key = str(uuid.uuid4())
    for is_kept in (False, True):
        transaction = Transaction(database)
        one = Replay(
            AnswerStore(), transaction, CODECS["create_artist"], ("s", "o", key), CreateArtistRequest(name="x")
        )
        assert await one.begin() is None
        await one.finish(ANSWER)
        await (transaction.commit() if is_kept else transaction.rollback())
    transaction = Transaction(database)
    other = Replay(AnswerStore(), transaction, CODECS["create_artist"], ("s", "o", key), CreateArtistRequest(name="y"))
    with pytest.raises(IdempotencyKeyReused):
        await other.begin()
    await transaction.rollback()


def replay(executor: Executor, key: str, *, subject: str = "s", operation: str = "o") -> Replay:
    request = CreateArtistRequest(name="x")
    return Replay(AnswerStore(), executor, CODECS["create_artist"], (subject, operation, key), request)


async def keep(database: Database, key: str) -> None:
    transaction = Transaction(database)
    one = replay(transaction, key)
    assert await one.begin() is None
    await one.finish(ANSWER)
    await transaction.commit()


@pytest.mark.parametrize("scope", [{"subject": "another"}, {"operation": "another"}])
async def test_the_same_key_of_another_subject_or_operation_is_another_key(
    database: Database, scope: dict[str, str]
) -> None:
    key = str(uuid.uuid4())
    await keep(database, key)
    transaction = Transaction(database)
    assert await replay(transaction, key, **scope).begin() is None
    assert await replay(transaction, key).begin() == (ANSWER,)
    await transaction.rollback()


async def test_an_answer_older_than_a_day_is_forgotten_purged_and_may_be_given_again(database: Database) -> None:
    old, young = str(uuid.uuid4()), str(uuid.uuid4())
    await keep(database, old)
    await keep(database, young)
    aged = update(STORED_ANSWER).where(STORED_ANSWER.c.key == old).values(at=text(f"now() - interval '{TTL}'"))
    await database.execute(compile_statement(aged))
    transaction = Transaction(database)
    assert await replay(transaction, old).begin() is None
    await replay(transaction, old).finish(ANSWER)
    assert await replay(transaction, old).begin() == (ANSWER,)
    await transaction.rollback()
    assert await AnswerPurge(database).purge() >= 1
    kept = select(STORED_ANSWER.c.key).where(STORED_ANSWER.c.subject == "s", STORED_ANSWER.c.operation == "o")
    left = {row["key"] for row in await database.fetch(compile_statement(kept))}
    assert left & {old, young} == {young}


class Upload(BaseModel):
    data: bytes
    sizes: dict[str, int]


def test_a_request_is_the_same_whatever_the_order_of_its_map_and_whatever_its_bytes() -> None:
    first = fingerprint(Upload(data=b"\x00\xff", sizes={"a": 1, "b": 2}))
    assert first == fingerprint(Upload(data=b"\x00\xff", sizes={"b": 2, "a": 1}))
    assert first != fingerprint(Upload(data=b"\x00\xfe", sizes={"a": 1, "b": 2}))


class NextUpload(Upload):
    """As a release makes of it that adds."""

    size: int | None = None
    colour: str = "red"


def test_a_request_is_the_same_to_the_release_that_adds_optional_fields() -> None:
    """A call whose answer was lost comes to a node of the next release with its key; what that one adds stands at its defaults."""
    first, second = Upload(data=b"x", sizes={}), NextUpload(data=b"x", sizes={})
    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(second) != fingerprint(NextUpload(data=b"x", sizes={}, colour="blue"))


async def test_an_answer_that_lacks_what_this_release_needs_is_an_unknown_outcome(database: Database) -> None:
    """It was stored by the release before: the effect is there, and is not made twice."""
    key = str(uuid.uuid4())
    await keep(database, key)
    row = STORED_ANSWER.c
    short = compile_statement(update(STORED_ANSWER).where(row.key == key).values(answer=b'{"id":1,"name":"x"}'))
    await database.execute(short)
    transaction = Transaction(database)
    with pytest.raises(OutcomeUnknown) as refused, capture_logs() as logs:
        await replay(transaction, key).begin()
    assert [(one["event"], one["operation"], one["fault"]) for one in logs if "fault" in one] == [
        ("idempotency.answer_not_read", "o", str(refused.value.__cause__))
    ]
    await transaction.rollback()
