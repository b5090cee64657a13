"""What was used or ended stays so, and a stolen refresh token costs its session."""

from __future__ import annotations

import time

import pytest

from app.development.issuer_sessions import FOREVER, Refused, Session, Sessions


def claims(token: str, session: str = "s-1") -> dict[str, object]:
    return {"sid": session, "jti": token, "exp": int(time.time()) + 60}


def test_a_token_is_spent_once_and_its_second_use_ends_the_session() -> None:
    sessions = Sessions()
    sessions.spend(claims("a"))
    with pytest.raises(Refused, match="invalid_grant"):
        sessions.spend(claims("a"))
    assert sessions.has_ended("s-1")
    with pytest.raises(Refused):
        sessions.spend(claims("b"))
    sessions.spend(claims("c", "s-2"))


def test_the_sessions_of_a_user_are_those_that_have_not_ended() -> None:
    sessions = Sessions()
    for name, user in (("s-1", "ann"), ("s-2", "ann"), ("s-3", "bob")):
        sessions.begin(Session(name, user, "shop", FOREVER))
    sessions.end("s-1", FOREVER)
    assert [one.id for one in sessions.of_user("ann")] == ["s-2"]
    assert sessions.find("s-1") is None
    assert sessions.find("s-4") is None
    assert sessions.find("s-3") == Session("s-3", "bob", "shop", FOREVER)
