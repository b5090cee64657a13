"""What ends a session is written once, and asked by what a refresh token says of itself."""

from __future__ import annotations

import time
import uuid

from app.auth.session_ends import SessionEnds
from app.auth.unproven import TokenSession
from app.db.database import Database


def name() -> str:
    return uuid.uuid4().hex


async def test_a_session_is_over_by_its_id_and_by_its_subject(database: Database) -> None:
    ends, sid, sub, other = SessionEnds(), name(), name(), name()
    await ends.end_session(database, sid)
    await ends.end_sessions_of(database, sub)
    now = int(time.time())
    assert await ends.has_ended(database, TokenSession(sid, other, now))
    assert await ends.has_ended(database, TokenSession(other, sub, now - 60))
    assert not await ends.has_ended(database, TokenSession(other, sub, now + 60))
    assert not await ends.has_ended(database, TokenSession(other, other, now))
    assert not await ends.has_ended(database, TokenSession(None, None, 0))


async def test_a_logout_token_is_told_once(database: Database) -> None:
    ends, sid, sub, token_id = SessionEnds(), name(), name(), name()
    assert await ends.told(database, sid=sid, subject=sub, token_id=token_id)
    assert not await ends.told(database, sid=sid, subject=sub, token_id=token_id)
    assert await ends.has_ended(database, TokenSession(sid, None, 0))
    assert not await ends.has_ended(database, TokenSession(None, sub, 0)), "one session was named, not all"
