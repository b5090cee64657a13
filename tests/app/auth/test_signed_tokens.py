"""What the issuer has signed is read; every rule of a JWS is proven in `test_verifier`, through the tokens of callers."""

from __future__ import annotations

import pytest

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.jwks import KeySet
from app.auth.signed_tokens import SignedTokens, require
from tests.app.auth.mint import Mint


async def test_a_token_is_read_if_its_header_says_one_of_the_kinds(keys: KeySet, mint: Mint) -> None:
    signed = await SignedTokens(keys).read(mint.token({"typ": "Logout+JWT"}, sub="ada"), frozenset({"logout+jwt"}))
    assert (signed.kind, signed.claims["sub"]) == ("logout+jwt", "ada")
    with pytest.raises(CredentialRefused) as refused:
        await SignedTokens(keys).read(mint.token(), frozenset({"logout+jwt"}))
    assert refused.value.reason is Reason.TYPE


def test_what_does_not_hold_is_refused_with_its_reason() -> None:
    require(True, Reason.ISSUER)
    with pytest.raises(CredentialRefused):
        require(False, Reason.ISSUER)
