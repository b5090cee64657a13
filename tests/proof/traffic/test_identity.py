"""Who asks has an alias, the same for each of his tokens, and no token is kept."""

from __future__ import annotations

import base64
import time

import pytest

from proof.traffic.identity import Callers
from proof.traffic.lines import Caller, Credential
from proof.traffic.secrets import Secrets
from tests.proof.traffic.things import token

EDITOR = {"sub": "editor-id", "roles": ["write", "read"]}


def callers() -> tuple[Callers, list[Caller]]:
    told: list[Caller] = []
    return Callers(Secrets(), told.append), told


def test_each_subject_is_told_once_with_its_roles() -> None:
    who, told = callers()
    later = {**EDITOR, "exp": time.time() + 60}
    assert who.by_authorization(f"Bearer {token(EDITOR)}") == Credential("header", "caller-1")
    assert who.by_authorization(f"bearer {token(later)}") == Credential("header", "caller-1")
    assert who.by_authorization(f"Bearer {token({'sub': 'other'})}").caller == "caller-2"
    assert told == [Caller("caller-1", ["read", "write"]), Caller("caller-2", [])]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("Bearer garbage", Credential("header", "caller-1")),
        ("Bearer ", Credential("header", usable=False)),
        ("Basic dXNlcjpwYXNz", Credential("header", "caller-1", usable=False)),
        (f"Basic {token(EDITOR)}", Credential("header", "caller-1", usable=False)),
        (f"Bearer {token({**EDITOR, 'exp': 5})}", Credential("header", "caller-1", usable=False)),
        ("", Credential("header", usable=False)),
    ],
)
def test_what_no_service_takes_is_not_usable(given: str, found: Credential) -> None:
    assert callers()[0].by_authorization(given) == found


def test_a_subprotocol_may_be_a_token() -> None:
    who, _ = callers()
    coded = base64.urlsafe_b64encode(token(EDITOR).encode()).decode().rstrip("=")
    assert who.by_subprotocol(f"bearer.{coded}") == Credential("subprotocol", "caller-1")
    assert who.by_subprotocol("bearer.é") == Credential("subprotocol", usable=False)


def test_a_token_is_searched_for_from_then_on() -> None:
    who, _ = callers()
    text = token(EDITOR)
    who.by_authorization(f"Bearer {text}")
    assert text not in who.secrets.cover(f'"{text}"')


def test_a_stranger_with_a_new_token_each_time_costs_no_more_than_the_last_ones() -> None:
    told: list[Caller] = []
    who = Callers(Secrets(), told.append, most=3)
    for number in range(10):
        who.by_authorization(f"Bearer garbage {number}")
        assert who.by_authorization(f"Bearer {token(EDITOR)}").caller == "caller-2", "who asks again and again is known"
    assert len(who._names) == 3
    assert who.by_authorization("Bearer garbage 0").caller == "caller-12"
    assert len(told) == 12
