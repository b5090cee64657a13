"""One effect per key: the answer is stored in the transaction of the effect, and a repeated call gets it again.

Scope is (subject, operation, key), whatever the door, socket or token. The fingerprint is of the request's value, so the
same request in JSON and in protobuf is the same (D4; IETF draft Idempotency-Key), and the same to nodes of two releases, of which
one knows optional fields that the other does not.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import structlog
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.db.database import Executor
from app.db.statements import compile_statement
from app.execution.tables import STORED_ANSWER
from generated.bindings import Codec
from generated.errors import IdempotencyKeyReused, OutcomeUnknown, RequestInProgress

TTL = "24 hours"
"""By PostgreSQL's clock, from the beginning of the transaction that stored the answer."""
RETRY_S = 1
"""What a call is told whose twin is still running."""
log = structlog.get_logger(__name__)


class AnswerStore:
    """The statements, compiled once; it holds no connection and no state."""

    def __init__(self) -> None:
        row = STORED_ANSWER.c
        same = (
            row.subject == bindparam("subject"),
            row.operation == bindparam("operation"),
            row.key == bindparam("key"),
        )
        self.lock = compile_statement(
            select(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("scope"), 0))),
            name="stored_answer lock",
        )
        self.find = compile_statement(select(row.fingerprint, row.answer).where(*same, row.at > horizon()))
        names = ("subject", "operation", "key", "fingerprint", "answer")
        values: dict[str, Any] = {name: bindparam(name) for name in names}
        fresh = {"fingerprint": bindparam("fingerprint"), "answer": bindparam("answer"), "at": func.now()}
        statement = insert(STORED_ANSWER).values(**values)
        self.keep = compile_statement(
            statement.on_conflict_do_update(index_elements=["subject", "operation", "key"], set_=fresh)
        )


def horizon() -> Any:
    """A moment by PostgreSQL's clock, for a statement: an answer that is not younger is no longer given."""
    return func.now() - text(f"interval '{TTL}'")


def fingerprint(request: Any) -> bytes:
    """32 bytes, equal for equal requests, whichever encoding they came in, and whether defaults were written out or
    left out: protobuf keeps no order in a map. A field that has its default counts for nothing, so that a release which adds
    one knows the requests of the release before."""
    value = request.model_dump(exclude_defaults=True)
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).digest()


class Replay:
    """One keyed call inside its transaction. `scope` is subject, operation and key. Only success is stored: who was
    refused may call again with the same key, and is judged anew."""

    def __init__(
        self, store: AnswerStore, executor: Executor, codec: Codec, scope: tuple[str, str, str], request: Any
    ) -> None:
        self._store = store
        self._executor = executor
        self._codec = codec
        self._scope = dict(zip(("subject", "operation", "key"), scope, strict=True))
        self._fingerprint = fingerprint(request)

    async def begin(self) -> tuple[Any] | None:
        """The stored result in a tuple, or None to go on; the lock lasts until the transaction ends. It comes before
        anything that has an effect. Never waits for the other call: raises RequestInProgress while one of this scope
        runs, on whichever node, IdempotencyKeyReused where the key came with another request within 24 h, and OutcomeUnknown
        where the answer is of a release that did not give what this one's must have."""
        locked = await self._executor.fetchrow(self._store.lock, scope="\x1f".join(self._scope.values()))
        if locked is None or not next(iter(locked.values())):
            raise RequestInProgress(retry_after_s=RETRY_S)
        row = await self._executor.fetchrow(self._store.find, **self._scope)
        if row is None:
            return None
        if row["fingerprint"] != self._fingerprint:
            raise IdempotencyKeyReused
        try:
            return (self._codec.restore(row["answer"]),)
        except msgspec.ValidationError as error:
            log.error("idempotency.answer_not_read", operation=self._scope["operation"], fault=str(error))
            raise OutcomeUnknown from error

    async def finish(self, result: Any) -> None:
        """Stores the result in the transaction of the effect, so that both are there or neither; takes the place of one
        that is too old."""
        answer = self._codec.encode_json(result)
        await self._executor.execute(self._store.keep, **self._scope, fingerprint=self._fingerprint, answer=answer)
