"""What tokens say of themselves is read where it can be, and what cannot be read says nothing."""

from __future__ import annotations

import base64
import json

import pytest

from app.auth.unproven import TokenSession, actor_of, session_of


def jwt(payload: bytes) -> str:
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.x"


def test_a_refresh_token_says_which_session_it_is_of() -> None:
    claims = {"sid": "s", "sub": "u", "iat": 7}
    assert session_of(jwt(json.dumps(claims).encode())) == TokenSession("s", "u", 7)


@pytest.mark.parametrize(
    "token",
    ["", "opaque", "a.b", "a.b.c.d", jwt(b"[]"), jwt(b"{"), "a.\x00.c", "a.é.c", jwt(b'{"sid": 1, "iat": "x"}')],
)
def test_what_is_no_token_of_keycloak_s_says_nothing(token: str) -> None:
    assert session_of(token) == TokenSession(None, None, 0)


def test_who_has_logged_in_is_named_without_rights() -> None:
    claims = {
        "iss": "https://iss",
        "sub": "u",
        "sid": "s",
        "preferred_username": "ada",
        "resource_access": {"stele": {"roles": ["admin"]}},
    }
    actor = actor_of(jwt(json.dumps(claims).encode()))
    assert actor is not None
    assert (actor.subject, actor.username, actor.sid, actor.roles) == ("https://iss:u", "ada", "s", frozenset())
    assert actor_of("opaque") is None
