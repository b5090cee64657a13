"""Writes and asks, in the caller's transaction, which sessions have ended (ACCEPTANCE D7).

Promises: what commits is known to every node within seconds (`ended_sessions`). Ends nothing at the issuer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.auth.tables import ENDED_SESSION
from app.auth.unproven import TokenSession
from app.db.database import Executor
from app.db.statements import compile_statement


class SessionEnds:
    """The statements, compiled once; it holds no connection and no state."""

    def __init__(self) -> None:
        row = ENDED_SESSION.c
        values: dict[str, Any] = {name: bindparam(name) for name in ("sid", "subject", "token_id")}
        self._add = compile_statement(insert(ENDED_SESSION).values(**values).on_conflict_do_nothing().returning(row.id))
        is_of_subject = and_(row.subject == bindparam("subject"), row.at >= func.to_timestamp(bindparam("issued_at")))
        ended = select(row.id).where(or_(row.sid == bindparam("sid"), is_of_subject)).exists()
        self._ask = compile_statement(select(ended.label("has_ended")))

    async def end_session(self, executor: Executor, sid: str) -> None:
        """Again it changes nothing."""
        await executor.execute(self._add, sid=sid, subject=None, token_id=None)

    async def end_sessions_of(self, executor: Executor, subject: str) -> None:
        """Of the `sub` of tokens; those that begin after the transaction's beginning are other sessions."""
        await executor.execute(self._add, sid=None, subject=subject, token_id=None)

    async def told(self, executor: Executor, *, sid: str | None, subject: str | None, token_id: str) -> bool:
        """By a logout token: of one session where it names one, else all of the subject. False for a token that has been told."""
        named = {"sid": sid, "subject": None if sid else subject}
        return await executor.fetchrow(self._add, token_id=token_id, **named) is not None

    async def has_ended(self, executor: Executor, session: TokenSession) -> bool:
        """Whether tokens of this session, issued then, are over."""
        asked = {"sid": session.sid, "subject": session.sub, "issued_at": float(session.issued_at)}
        found = await executor.fetchrow(self._ask, **asked)
        return found is not None and bool(found["has_ended"])
