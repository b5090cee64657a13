"""A name has its own budget of logins, and how long a refusal takes says nothing of the name."""

from __future__ import annotations

from hashlib import sha256

import pytest

from app.execution.guarded_identity import GuardedIdentity
from app.limits.limiter import OverLimit, Permit
from generated.errors import CredentialsInvalid, RateLimited
from generated.operations import Bucket
from generated.results import Tokens

GIVEN = Tokens(
    access_token="access", refresh_token="refresh", token_type="Bearer", expires_in=300, refresh_expires_in=1800
)


class Users:
    """Knows ada; remembers who was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def login(self, username: str, password: str) -> Tokens:
        self.asked.append(username)
        if (username, password) != ("ada", "right"):
            raise CredentialsInvalid
        return GIVEN

    async def refresh(self, refresh_token: str) -> Tokens:
        raise CredentialsInvalid(refresh_token)

    async def logout(self, refresh_token: str) -> None:
        raise CredentialsInvalid(refresh_token)


class Budgets:
    """Each subject may be told two times."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        assert (bucket.name, bucket.when_down) == ("login-name", "local")
        self.taken.append(subject)
        return Permit(self.taken.count(subject) <= 2, 2, 0, 9, 60)


async def test_a_name_has_so_many_logins_whatever_its_spelling_and_others_have_theirs() -> None:
    users, budgets = Users(), Budgets()
    identity = GuardedIdentity(users, budgets)
    assert await identity.login("ada", "right") == GIVEN
    with pytest.raises(CredentialsInvalid):
        await identity.login("ADA ", "wrong")
    with pytest.raises(RateLimited) as limited:
        await identity.login("ada", "right")
    assert limited.value.retry_after_s == 9
    assert isinstance(limited.value, OverLimit)
    assert (limited.value.bucket.name, limited.value.permit.reset_s) == ("login-name", 9)
    assert set(budgets.taken) == {sha256(b"ada").hexdigest()}
    assert users.asked == ["ada", "ADA "], "the issuer is not asked any more"
    for name, password in (("bob", "\ud800"), ("\ud800", "right")):
        with pytest.raises(CredentialsInvalid):
            await identity.login(name, password)
    assert "ada" not in "".join(budgets.taken)


async def test_refreshes_and_logouts_pass() -> None:
    identity = GuardedIdentity(Users(), Budgets())
    with pytest.raises(CredentialsInvalid, match="one"):
        await identity.refresh("one")
    with pytest.raises(CredentialsInvalid, match="two"):
        await identity.logout("two")
