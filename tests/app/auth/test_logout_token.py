"""Which logout tokens are believed (OpenID Connect Back-Channel Logout 1.0 §2.6)."""

from __future__ import annotations

from typing import Any

import pytest

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.jwks import KeySet
from app.auth.logout_token import EVENT, LogoutToken, LogoutTokens
from app.auth.signed_tokens import SignedTokens
from tests.app.auth.mint import ABSENT, ISSUER, Clock, Mint, rsa_key

HEADER = {"typ": "logout+jwt"}


@pytest.fixture
def logouts(keys: KeySet, clock: Clock) -> LogoutTokens:
    return LogoutTokens(SignedTokens(keys), issuer=lambda: ISSUER, client_id="stele", clock=clock)


def good(clock: Clock) -> dict[str, Any]:
    """Nothing of an access token is in it."""
    absent = dict.fromkeys(("azp", "resource_access", "realm_access", "preferred_username"), ABSENT)
    return {
        **absent,
        "aud": "stele",
        "sid": "s",
        "sub": "u",
        "jti": "j",
        "typ": "Logout",
        "events": {EVENT: {}},
        "exp": int(clock()) + 120,
    }


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, LogoutToken("s", "u", "j")),
        ({"sub": ABSENT}, LogoutToken("s", None, "j")),
        ({"sid": ABSENT}, LogoutToken(None, "u", "j")),
        ({"exp": ABSENT}, LogoutToken("s", "u", "j")),
        ({"aud": ["other", "stele"]}, LogoutToken("s", "u", "j")),
        ({"events": {EVENT: {"revoke_offline_access": False}, "urn:other": {}}}, LogoutToken("s", "u", "j")),
    ],
)
async def test_a_logout_token_is_believed(
    logouts: LogoutTokens, mint: Mint, clock: Clock, changes: dict[str, Any], found: LogoutToken
) -> None:
    assert await logouts.verify(mint.token(HEADER, **good(clock) | changes)) == found
    assert await logouts.verify(mint.token({"typ": "JWT"}, **good(clock) | changes)) == found


BAD: dict[str, tuple[dict[str, Any], Reason]] = {
    "another issuer": ({"iss": "https://other"}, Reason.ISSUER),
    "another client": ({"aud": "account"}, Reason.AUDIENCE),
    "no audience": ({"aud": ABSENT}, Reason.AUDIENCE),
    "a nonce, as an identity token has": ({"nonce": "n"}, Reason.TYPE),
    "no events": ({"events": ABSENT}, Reason.TYPE),
    "other events": ({"events": {"urn:other": {}}}, Reason.TYPE),
    "an event that is no object": ({"events": {EVENT: True}}, Reason.TYPE),
    "nobody": ({"sid": ABSENT, "sub": ABSENT}, Reason.CLAIMS),
    "no id": ({"jti": ABSENT}, Reason.CLAIMS),
    "an id that is none": ({"jti": 7}, Reason.CLAIMS),
    "no time": ({"iat": ABSENT}, Reason.TIMES),
}


@pytest.mark.survives("A03")
@pytest.mark.parametrize(("changes", "reason"), BAD.values(), ids=BAD)
async def test_a03_a_logout_token_that_breaks_a_rule_ends_nothing(
    logouts: LogoutTokens, mint: Mint, clock: Clock, changes: dict[str, Any], reason: Reason
) -> None:
    """A03, A12 (D7): a logout token of another issuer or client, without its event, with a nonce, or that names nobody is refused."""
    with pytest.raises(CredentialRefused) as refused:
        await logouts.verify(mint.token(HEADER, **good(clock) | changes))
    assert refused.value.reason is reason


async def test_its_times_are_those_of_a_moment_ago(logouts: LogoutTokens, mint: Mint, clock: Clock) -> None:
    now = int(clock())
    for times in ({"exp": now - 11}, {"exp": ABSENT, "iat": now - 131}, {"iat": now + 11}):
        with pytest.raises(CredentialRefused):
            await logouts.verify(mint.token(HEADER, **good(clock) | times))
    for times in ({"exp": now - 9}, {"exp": ABSENT, "iat": now - 129}, {"iat": now + 9}):
        assert await logouts.verify(mint.token(HEADER, **good(clock) | times))


async def test_another_key_and_another_kind_of_token_are_refused(
    logouts: LogoutTokens, mint: Mint, clock: Clock
) -> None:
    for token in (
        mint.token(HEADER, key=rsa_key("key-1"), **good(clock)),
        mint.token(),
        mint.token({"typ": "at+jwt"}, **good(clock)),
    ):
        with pytest.raises(CredentialRefused):
            await logouts.verify(token)
