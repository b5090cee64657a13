"""Who is let in, by which credential, and with which roles."""

from __future__ import annotations

import base64
import json

import pytest

from proof.callers import roles_of
from proof.mock.callers import Callers, User
from proof.ws.player import tampered

ALL = frozenset({"reader", "writer"})


def foreign(**claims: object) -> str:
    part = (
        base64.urlsafe_b64encode(json.dumps({"iss": "https://issuer.example", **claims}).encode()).decode().rstrip("=")
    )
    return f"e30.{part}.c2ln"


def test_whoever_logs_in_has_all_roles_but_nobody_has_none() -> None:
    callers = Callers(ALL)
    assert callers.named("somebody") == User("somebody", ALL)
    assert callers.named("nobody") == User("nobody", frozenset())


def test_with_named_users_nobody_else_is_known() -> None:
    callers = Callers(ALL, {"eve": frozenset({"reader"})})
    assert callers.named("admin") is None
    assert callers.proving("Bearer eve") == User("eve", frozenset({"reader"}))


def test_a_token_says_its_roles_and_proves_them() -> None:
    callers = Callers(ALL, {"eve": frozenset({"reader"})})
    token = callers.tokens(User("eve", frozenset({"reader"})))["access_token"]
    assert roles_of(token) == {"reader"}
    assert callers.proving(f"bearer {token}") == User("eve", frozenset({"reader"}))


@pytest.mark.parametrize("text", ["garbage", "", "a.b.c", "Bearer", "é"])
def test_what_is_no_token_is_nobodys(text: str) -> None:
    assert Callers(ALL).bearer(text) is None


def test_a_token_that_was_changed_or_is_for_something_else_is_refused() -> None:
    callers = Callers(ALL)
    tokens = callers.tokens(User("eve", ALL))
    assert callers.bearer(tampered(tokens["access_token"])) is None
    assert callers.bearer(tokens["refresh_token"]) is None
    assert callers.refreshed(tokens["access_token"]) is None
    assert callers.refreshed(tokens["refresh_token"]) == User("eve", ALL)
    assert Callers(ALL, seed=1).bearer(tokens["access_token"]) is None


def test_a_token_outlives_the_mock_that_gave_it() -> None:
    token = Callers(ALL, seed=7).tokens(User("eve", ALL))["access_token"]
    assert Callers(ALL, seed=7).bearer(token) == User("eve", ALL)


def test_a_token_of_another_issuer_is_taken_with_its_roles() -> None:
    token = foreign(sub="7", preferred_username="eve", azp="web", resource_access={"web": {"roles": ["reader"]}})
    assert Callers(ALL).bearer(token) == User("eve", frozenset({"reader"}))


def test_any_text_is_a_token_where_that_is_asked_for() -> None:
    assert Callers(ALL, takes_any=True).bearer("garbage") == User("garbage", ALL)


def test_a_ticket_opens_once() -> None:
    callers = Callers(ALL)
    ticket = callers.ticket(User("eve", ALL))
    assert callers.redeem(ticket) == User("eve", ALL)
    assert callers.redeem(ticket) is None
