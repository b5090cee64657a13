"""Who calls is read from the words of the command; a token says its roles, and is fetched when it is half over."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from proof.callers import USERS, Caller, Login, claims_of, named, roles_of
from proof.documents import DocumentError
from tests.running_service import RunningService


def token(claims: Any) -> str:
    return f"x.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.y"


@pytest.mark.parametrize(
    ("given", "roles"),
    [
        (token({"azp": "web", "resource_access": {"web": {"roles": ["a"]}, "other": {"roles": ["b"]}}}), {"a"}),
        (token({"roles": ["c"]}), {"c"}),
        (token({}), set()),
        (token([]), set()),
        (token({"resource_access": 5}), set()),
        ("garbage", set()),
        ("a.*.b", set()),
    ],
)
def test_roles_are_those_of_the_client_that_the_token_is_for(given: str, roles: set[str]) -> None:
    assert roles_of(given) == roles


def test_a_token_is_fetched_again_when_half_of_its_life_is_over() -> None:
    lives = iter([0.0, 60.0, 60.0])
    fetched: list[str] = []

    def fetch() -> tuple[str, float]:
        fetched.append(f"token-{len(fetched)}")
        return fetched[-1], next(lives)

    caller = Caller("a", fetch)
    assert [caller.token(), caller.token(), caller.token()] == ["token-0", "token-1", "token-1"]
    assert Caller("nobody").token() is None
    assert Caller("nobody").roles == frozenset()


def test_words_of_the_command_are_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_ROBOT", "t")
    assert [*named("http://x", (), ())] == [*USERS]
    found = named("http://x", ("ann:word", "anonymous"), ("robot=OF_ROBOT",))
    assert [*found] == ["ann", "anonymous", "robot"]
    assert found["robot"].token() == "t"
    assert found["anonymous"].token() is None
    assert [*named("http://x", (), ("robot=OF_ROBOT",))] == ["robot"]
    for wrong in ("robot", "robot=NOT_THERE"):
        with pytest.raises(DocumentError, match="--token"):
            named("http://x", (), (wrong,))


def test_who_cannot_log_in_is_said(service: RunningService) -> None:
    assert Login(service.url).caller("admin", "admin").roles
    with pytest.raises(DocumentError, match="admin cannot log in: status 401"):
        Login(service.url).caller("admin", "wrong").token()
    with pytest.raises(DocumentError, match="does the service run"):
        Login("http://127.0.0.1:9").caller("admin", "admin").token()


@pytest.mark.parametrize("given", ["", "a", "a.b.c", "a.W10.c", "\ud800.\ud800.x"])
def test_what_is_no_token_has_no_claims(given: str) -> None:
    assert claims_of(given) == {}
