"""The verifier accepts exactly the access tokens that D5 allows: A02, A03 and A05 row by row."""

from __future__ import annotations

import base64
import hmac
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jwe
from joserfc.jwk import RSAKey

from app.auth.credential_refused import CredentialRefused, Reason
from app.auth.jwks import KeySet
from app.auth.verifier import LEEWAY_S, MAX_CACHED, TokenVerifier
from generated.errors import Unauthenticated, Unavailable
from tests.app.auth.mint import ABSENT, ISSUER, Clock, Mint, PublishedKeys, ec_key, rsa_key, verifier


async def refusal(tokens: TokenVerifier, token: str) -> Reason:
    with pytest.raises(CredentialRefused) as caught:
        await tokens.verify(token)
    assert isinstance(caught.value, Unauthenticated)
    assert not token or token not in repr(caught.value)
    assert tokens.cached(token) is None
    return caught.value.reason


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def flip(token: str) -> str:
    """The same token with one character in the middle of its signature changed."""
    middle = token.rindex(".") + 40
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]


async def test_a_good_token_proves_identity_and_our_clients_roles(tokens: TokenVerifier, mint: Mint) -> None:
    principal = await tokens.verify(mint.token())
    assert principal.subject == "https://keycloak.example/realms/stele:5f3c1f5e-0d2a-4c53-9a38-6b1f4c1d0a01"
    assert principal.username == "reader"
    assert principal.sid == "4b7da237"
    assert principal.roles == frozenset({"get-artists"})
    assert principal.expires_at == mint.clock() + 300
    assert principal.issued_at == mint.clock()
    assert (type(principal.expires_at), type(principal.issued_at)) == (float, float)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
async def test_allowed_algorithms_are_accepted(algorithm: str, clock: Clock, rsa: RSAKey) -> None:
    elliptic = ec_key("key-ec")
    published = PublishedKeys(rsa, elliptic)
    tokens = verifier(KeySet(published.fetch), clock)
    key = elliptic if algorithm == "ES256" else rsa
    assert await tokens.verify(Mint(rsa, clock).token({"alg": algorithm}, key=key))


def public_key_as_secret(mint: Mint) -> str:
    """By hand, since joserfc would not sign it."""
    signed = f"{encode({'alg': 'HS256', 'typ': 'JWT', 'kid': 'key-1'})}.{encode(mint.claims())}"
    digest = hmac.digest(mint.key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def forged_none(mint: Mint) -> str:
    return f"{encode({'alg': 'none', 'typ': 'JWT', 'kid': 'key-1'})}.{encode(mint.claims())}."


def as_json_serialisation(mint: Mint) -> str:
    head, body, signature = mint.token().split(".")
    return json.dumps({"protected": head, "payload": body, "signature": signature})


def encrypted(mint: Mint) -> str:
    header = {"alg": "RSA-OAEP", "enc": "A128GCM", "kid": "key-1"}
    key = RSAKey.import_key(mint.key.as_pem(private=False))
    return jwe.encrypt_compact(header, b"{}", key, algorithms=["RSA-OAEP", "A128GCM"])


A02: dict[str, tuple[Callable[[Mint], str], Reason]] = {
    "alg none": (forged_none, Reason.ALGORITHM),
    "alg None with a capital": (lambda m: forged_none(m).replace("none", "None"), Reason.ALGORITHM),
    "HS256 signed with the RSA public key": (public_key_as_secret, Reason.ALGORITHM),
    "RS512": (lambda m: m.token({"alg": "RS512"}), Reason.ALGORITHM),
    "no alg": (lambda m: f"{encode({'kid': 'key-1'})}.{encode(m.claims())}.AAAA", Reason.MALFORMED),
    "signature stripped": (lambda m: m.token().rpartition(".")[0] + ".", Reason.SIGNATURE),
    "signature part missing": (lambda m: m.token().rpartition(".")[0], Reason.MALFORMED),
    "signature truncated": (lambda m: m.token()[:-8], Reason.SIGNATURE),
    "signature with one character changed": (lambda m: flip(m.token()), Reason.SIGNATURE),
    "JSON serialisation": (as_json_serialisation, Reason.MALFORMED),
    "JWE": (encrypted, Reason.MALFORMED),
    "garbage": (lambda m: "garbage", Reason.MALFORMED),
    "empty": (lambda m: "", Reason.MALFORMED),
    "three dots of nothing": (lambda m: "..", Reason.MALFORMED),
    "header is a list": (lambda m: f"{encode(['alg'])}.{encode({})}.AAAA", Reason.MALFORMED),
    "header is a string": (lambda m: f"{encode('alg')}.{encode({})}.AAAA", Reason.MALFORMED),
    "header is deep": (lambda m: f"{'W1tb' * 120}.{encode({})}.AAAA", Reason.MALFORMED),
    "not ASCII": (lambda m: m.token() + "\ud800é", Reason.MALFORMED),
    "8 KiB and a byte": (lambda m: m.token(filler="x" * 8192), Reason.TOO_LONG),
    "kid of 129 characters": (lambda m: m.token({"kid": "k" * 129}), Reason.KEY_ID),
    "kid missing": (lambda m: m.token({"kid": ABSENT}), Reason.KEY_ID),
    "kid a number": (lambda m: raw_header(m, kid=1), Reason.KEY_ID),
    "kid unknown": (lambda m: m.token({"kid": "key-9"}), Reason.UNKNOWN_KEY),
    "crit": (lambda m: raw_header(m, crit=["exp"]), Reason.HEADER),
    "jku": (lambda m: m.token({"jku": "https://evil.example/keys"}), Reason.HEADER),
    "x5u": (lambda m: m.token({"x5u": "https://evil.example/cert"}), Reason.HEADER),
    "jwk": (lambda m: raw_header(m, jwk={"kty": "oct", "k": "AAAA"}), Reason.HEADER),
    "jwk of an RSA key": (lambda m: raw_header(m, jwk=m.key.as_dict(private=False)), Reason.MALFORMED),
    "x5c": (lambda m: m.token({"x5c": ["AAAA"]}), Reason.HEADER),
    "b64 true": (lambda m: raw_header(m, b64=True), Reason.HEADER),
    "b64 false": (lambda m: raw_header(m, b64=False, crit=["b64"]), Reason.HEADER),
    "zip": (lambda m: raw_header(m, zip="DEF"), Reason.HEADER),
    "cty": (lambda m: raw_header(m, cty="JWT"), Reason.HEADER),
    "a member nobody knows": (lambda m: raw_header(m, x=1), Reason.HEADER),
    "alg twice": (lambda m: header_text(m, '{"alg":"none","alg":"RS256","typ":"JWT","kid":"key-1"}'), Reason.MALFORMED),
    "kid twice": (lambda m: header_text(m, '{"alg":"RS256","kid":"x","kid":"key-1"}'), Reason.MALFORMED),
    "a header with NaN": (lambda m: header_text(m, '{"alg":"RS256","kid":"key-1","x5t":NaN}'), Reason.MALFORMED),
    "kid half of a pair": (lambda m: header_text(m, '{"alg":"RS256","kid":"\\ud800"}'), Reason.MALFORMED),
    "a header in UTF-16": (lambda m: header_text(m, '{"alg":"RS256","kid":"key-1"}', "utf-16"), Reason.MALFORMED),
    "RS256 of an elliptic key's id": (lambda m: m.token({"kid": "key-ec"}), Reason.SIGNATURE),
    "ES256 of an RSA key's id": (lambda m: m.token({"alg": "ES256"}, key=ec_key("key-1")), Reason.SIGNATURE),
}


def raw_header(mint: Mint, **header: Any) -> str:
    """A header that joserfc would not sign; what is refused here is refused before the signature counts."""
    named = {"alg": "RS256", "typ": "JWT", "kid": "key-1"} | header
    return f"{encode(named)}.{encode(mint.claims())}.{mint.token().rpartition('.')[2]}"


def header_text(mint: Mint, text: str, encoding: str = "utf-8") -> str:
    """A header in these very words, rightly signed by the issuer."""
    header = base64.urlsafe_b64encode(text.encode(encoding)).decode().rstrip("=")
    signed = f"{header}.{encode(mint.claims())}"
    assert mint.key.private_key is not None
    signature = mint.key.private_key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.mark.parametrize(("make", "reason"), A02.values(), ids=A02)
async def test_a02_forged_tokens_are_refused_within_2_ms(
    make: Callable[[Mint], str], reason: Reason, mint: Mint, clock: Clock, rsa: RSAKey
) -> None:
    tokens = verifier(KeySet(PublishedKeys(rsa, ec_key("key-ec")).fetch), clock)
    token = make(mint)
    assert await refusal(tokens, token) is reason
    spent = []
    for _ in range(20):
        started = time.process_time()
        await refusal(tokens, token)
        spent.append(time.process_time() - started)
    assert statistics.median(spent) <= 0.002


async def test_a02_rs256_by_a_foreign_key_with_our_kid_is_refused(
    tokens: TokenVerifier, mint: Mint, foreign_rsa: RSAKey
) -> None:
    assert await refusal(tokens, mint.token(key=foreign_rsa)) is Reason.SIGNATURE


async def test_malformed_tokens_never_ask_for_keys(clock: Clock, mint: Mint, rsa: RSAKey) -> None:
    published = PublishedKeys(rsa)
    tokens = verifier(KeySet(published.fetch), clock)
    for token in ("", "garbage", forged_none(mint), public_key_as_secret(mint), encrypted(mint)):
        await refusal(tokens, token)
    assert published.fetches == 0


A03: dict[str, tuple[dict[str, Any], dict[str, Any], Reason]] = {
    "other realm's iss": ({}, {"iss": "https://keycloak.example/realms/master"}, Reason.ISSUER),
    "iss with a slash at the end": ({}, {"iss": "https://keycloak.example/realms/stele/"}, Reason.ISSUER),
    "iss missing": ({}, {"iss": ABSENT}, Reason.ISSUER),
    "iss a list": ({}, {"iss": ["https://keycloak.example/realms/stele"]}, Reason.ISSUER),
    "aud missing": ({}, {"aud": ABSENT}, Reason.AUDIENCE),
    "aud account": ({}, {"aud": "account"}, Reason.AUDIENCE),
    "aud with our name as a prefix": ({}, {"aud": ["stele-admin", "account"]}, Reason.AUDIENCE),
    "aud a prefix of our name": ({}, {"aud": "stel"}, Reason.AUDIENCE),
    "aud not of strings": ({}, {"aud": ["stele", 1]}, Reason.AUDIENCE),
    "aud an object": ({}, {"aud": {"stele": True}}, Reason.AUDIENCE),
    "azp not in the allow-list": ({}, {"azp": "other-app"}, Reason.PARTY),
    "azp missing": ({}, {"azp": ABSENT}, Reason.PARTY),
    "azp a list": ({}, {"azp": ["stele"]}, Reason.PARTY),
    "Keycloak ID token": ({}, {"typ": "ID", "aud": "stele"}, Reason.TYPE),
    "refresh token": ({}, {"typ": "Refresh"}, Reason.TYPE),
    "payload typ Logout": ({}, {"typ": "Logout"}, Reason.TYPE),
    "payload typ missing": ({}, {"typ": ABSENT}, Reason.TYPE),
    "header typ logout+jwt": ({"typ": "logout+jwt"}, {}, Reason.TYPE),
    "header typ at+jwt with payload typ ID": ({"typ": "at+jwt"}, {"typ": "ID"}, Reason.TYPE),
    "sub missing": ({}, {"sub": ABSENT}, Reason.CLAIMS),
    "sub empty": ({}, {"sub": ""}, Reason.CLAIMS),
    "sub of 256 characters": ({}, {"sub": "s" * 256}, Reason.CLAIMS),
    "user name empty": ({}, {"preferred_username": ""}, Reason.CLAIMS),
    "sid a number": ({}, {"sid": 7}, Reason.CLAIMS),
    "roles a string": ({}, {"resource_access": {"stele": {"roles": "admin"}}}, Reason.CLAIMS),
    "roles not of strings": ({}, {"resource_access": {"stele": {"roles": [1]}}}, Reason.CLAIMS),
    "resource_access a list": ({}, {"resource_access": []}, Reason.CLAIMS),
}


@pytest.mark.parametrize(("header", "claims", "reason"), A03.values(), ids=A03)
async def test_a03_validly_signed_tokens_not_meant_for_us_are_refused(
    header: dict[str, Any], claims: dict[str, Any], reason: Reason, tokens: TokenVerifier, mint: Mint
) -> None:
    assert await refusal(tokens, mint.token(header, **claims)) is reason


STRANGE_CLAIMS = [b'{"sub":"a","sub":"b"}', b'{"a":1e999}', b'{"a":"\\ud800"}', b'{"a":' * 33 + b"1" + b"}" * 33]


@pytest.mark.parametrize("payload", [b"[]", b"1", b"", b"{", b"\xff", b'{"exp": NaN}', b"[" * 5000, *STRANGE_CLAIMS])
async def test_a_signed_payload_that_is_no_json_object_is_refused(
    payload: bytes, tokens: TokenVerifier, mint: Mint
) -> None:
    assert await refusal(tokens, mint.token(payload=payload)) is Reason.CLAIMS


async def test_claims_that_stand_twice_are_refused_although_the_issuer_signed_them(
    tokens: TokenVerifier, mint: Mint
) -> None:
    good = json.dumps(mint.claims())
    assert await tokens.verify(mint.token(payload=good.encode()))
    for name, value in (("sub", '"another"'), ("exp", "1"), ("resource_access", "{}"), ("unknown", "1")):
        twice = f'{good[:-1]},"{name}":{value},"{name}":{value}}}'
        assert await refusal(tokens, mint.token(payload=twice.encode())) is Reason.CLAIMS


GOOD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "thumbprints of the key": ({"x5t": "AAAA", "x5t#S256": "AAAA"}, {}),
    "aud a string": ({}, {"aud": "stele"}),
    "another client of the allow-list": ({}, {"azp": "stele-cli"}),
    "header typ at+jwt without payload typ": ({"typ": "at+jwt"}, {"typ": ABSENT}),
    "no header typ": ({"typ": ABSENT}, {}),
    "no sid, no user name": ({}, {"sid": ABSENT, "preferred_username": ABSENT}),
    "sub of one character": ({}, {"sub": "s"}),
    "sub of 255 characters": ({}, {"sub": "s" * 255}),
    "exp in the last second of 9999": ({}, {"exp": 253_402_300_799}),
    "nbf at the beginning of time": ({}, {"nbf": 0}),
}


@pytest.mark.parametrize(("header", "claims"), GOOD.values(), ids=GOOD)
async def test_what_the_rules_leave_open_is_accepted(
    header: dict[str, Any], claims: dict[str, Any], tokens: TokenVerifier, mint: Mint
) -> None:
    assert await tokens.verify(mint.token(header, **claims))


@pytest.mark.parametrize("access", [ABSENT, {}, {"account": {"roles": ["admin"]}}, {"stele": {}}])
async def test_without_roles_at_our_client_a_user_has_none(access: Any, tokens: TokenVerifier, mint: Mint) -> None:
    principal = await tokens.verify(mint.token(resource_access=access))
    assert principal.roles == frozenset()


A05: dict[str, tuple[Callable[[int], dict[str, Any]], Reason | None]] = {
    "exp = now - 5": (lambda now: {"exp": now - 5}, None),
    "exp = now - 9": (lambda now: {"exp": now - 9}, None),
    "exp = now - 10": (lambda now: {"exp": now - 10}, Reason.EXPIRED),
    "exp = now - 11": (lambda now: {"exp": now - 11}, Reason.EXPIRED),
    "nbf = now + 5": (lambda now: {"nbf": now + 5}, None),
    "nbf = now + 10": (lambda now: {"nbf": now + 10}, None),
    "nbf = now + 11": (lambda now: {"nbf": now + 11}, Reason.NOT_YET),
    "nbf absent, as Keycloak's": (lambda now: {}, None),
    "nbf a string": (lambda now: {"nbf": str(now)}, Reason.TIMES),
    "nbf null": (lambda now: {"nbf": None}, Reason.TIMES),
    "nbf true": (lambda now: {"nbf": True}, Reason.TIMES),
    "iat in 10 s": (lambda now: {"iat": now + 10}, None),
    "iat in 1 h": (lambda now: {"iat": now + 3600}, Reason.ISSUED_LATER),
    "iat in 1 h, nbf past": (lambda now: {"iat": now + 3600, "nbf": now}, Reason.ISSUED_LATER),
    "no iat": (lambda now: {"iat": ABSENT}, Reason.TIMES),
    "iat a float": (lambda now: {"iat": float(now)}, Reason.TIMES),
    "no exp": (lambda now: {"exp": ABSENT}, Reason.TIMES),
    "exp null": (lambda now: {"exp": None}, Reason.TIMES),
    "exp a string": (lambda now: {"exp": str(now + 300)}, Reason.TIMES),
    "exp a float": (lambda now: {"exp": now + 300.5}, Reason.TIMES),
    "exp beyond the year 9999": (lambda now: {"exp": 253_402_300_800}, Reason.TIMES),
    "exp 2^63": (lambda now: {"exp": 2**63}, Reason.TIMES),
    "exp 2^64 + 1": (lambda now: {"exp": 2**64 + 1}, Reason.TIMES),
    "exp negative": (lambda now: {"exp": -now}, Reason.TIMES),
    "exp true": (lambda now: {"exp": True}, Reason.TIMES),
}


@pytest.mark.parametrize(("times", "reason"), A05.values(), ids=A05)
async def test_a05_times_are_integers_with_a_leeway_of_exactly_10_s(
    times: Callable[[int], dict[str, Any]], reason: Reason | None, tokens: TokenVerifier, mint: Mint
) -> None:
    token = mint.token(**times(int(mint.clock())))
    if reason is None:
        assert await tokens.verify(token)
    else:
        assert await refusal(tokens, token) is reason


async def test_the_cache_answers_until_exp_and_no_longer(tokens: TokenVerifier, mint: Mint, clock: Clock) -> None:
    token = mint.token(exp=int(clock()) + 20)
    assert tokens.cached(token) is None
    principal = await tokens.verify(token)
    assert tokens.cached(token) is principal
    clock.now += 20
    assert tokens.cached(token) is None
    assert await tokens.verify(token) == principal, "the leeway still holds, without the cache"
    assert tokens.cached(token) is None
    clock.now += LEEWAY_S
    assert await refusal(tokens, token) is Reason.EXPIRED


async def test_a_cache_entry_lives_60_s_even_if_the_wall_clock_jumps_back(
    keys: KeySet, mint: Mint, clock: Clock
) -> None:
    monotonic = Clock(1000.0)
    tokens = verifier(keys, clock, monotonic)
    token = mint.token(exp=int(clock()) + 3600)
    await tokens.verify(token)
    clock.now -= 1800
    monotonic.now += 59.75
    assert tokens.cached(token) is not None
    monotonic.now += 0.25
    assert tokens.cached(token) is None


async def test_a_cache_entry_ends_with_its_token_by_either_clock(keys: KeySet, mint: Mint, clock: Clock) -> None:
    monotonic = Clock(1000.0)
    tokens = verifier(keys, clock, monotonic)
    token = mint.token(exp=int(clock()) + 20)
    await tokens.verify(token)
    monotonic.now += 19.5
    assert tokens.cached(token) is not None
    monotonic.now += 0.5
    assert tokens.cached(token) is None


async def test_a_token_in_its_last_second_is_remembered(tokens: TokenVerifier, mint: Mint, clock: Clock) -> None:
    token = mint.token(exp=int(clock()) + 1)
    clock.now += 0.5
    assert await tokens.verify(token) is tokens.cached(token)


async def test_a_user_without_a_name_goes_by_his_subject_and_one_without_a_session_has_none(
    tokens: TokenVerifier, mint: Mint
) -> None:
    principal = await tokens.verify(mint.token(sub="s", sid=ABSENT, preferred_username=ABSENT))
    assert (principal.username, principal.sub, principal.sid) == ("s", "s", None)


async def test_a_token_of_a_session_that_has_ended_is_refused_also_where_it_was_verified_before(
    keys: KeySet, mint: Mint, clock: Clock
) -> None:
    ended: set[str | None] = set()
    tokens = TokenVerifier(
        keys, issuer=ISSUER, audience="stele", azp=frozenset({"stele"}), client_id="stele", clock=clock,
        has_ended=lambda principal: principal.sid in ended,
    )  # fmt: skip
    token = mint.token()
    assert (await tokens.verify(token)).sid == "4b7da237"
    ended.add("4b7da237")
    assert tokens.cached(token) is None
    assert await refusal(tokens, token) is Reason.ENDED
    ended.clear()
    assert await tokens.verify(token)


async def test_the_cache_holds_4096_tokens_and_drops_the_one_least_lately_used(
    tokens: TokenVerifier, mint: Mint
) -> None:
    first, second = mint.token(jti="first"), mint.token(jti="second")
    await tokens.verify(first)
    await tokens.verify(second)
    assert tokens.cached(first) is not None
    others = [mint.token(jti=str(number)) for number in range(MAX_CACHED - 1)]
    for token in others:
        await tokens.verify(token)
    assert tokens.cached(second) is None
    assert all(tokens.cached(one) is not None for one in (first, *others))


async def test_a_key_that_the_issuer_withdraws_kills_cached_tokens_at_the_next_good_refresh(
    mint: Mint, clock: Clock, rsa: RSAKey
) -> None:
    other = rsa_key("key-2")
    published = PublishedKeys(rsa, other)
    keys = KeySet(published.fetch, cooldown_s=0)
    tokens = verifier(keys, clock)
    withdrawn, kept = mint.token(), mint.token(key=other)
    assert await tokens.verify(withdrawn)
    assert await tokens.verify(kept)
    published.publish(other)
    assert tokens.cached(withdrawn) is not None
    await keys.find("makes the key set ask again")
    assert await refusal(tokens, withdrawn) is Reason.UNKNOWN_KEY
    assert await tokens.verify(kept)


async def test_a_kid_of_128_characters_is_looked_up(mint: Mint, clock: Clock) -> None:
    long_key = rsa_key("k" * 128)
    published = PublishedKeys(long_key)
    assert await verifier(KeySet(published.fetch), clock).verify(mint.token(key=long_key))


async def test_without_any_keys_a_well_formed_token_is_unavailable(clock: Clock, mint: Mint) -> None:
    published = PublishedKeys()
    with pytest.raises(Unavailable) as caught:
        await verifier(KeySet(published.fetch), clock).verify(mint.token())
    assert caught.value.retry_after_s


async def test_a_cached_token_costs_microseconds(tokens: TokenVerifier, mint: Mint) -> None:
    token = mint.token()
    await tokens.verify(token)
    started = time.process_time()
    for _ in range(10_000):
        tokens.cached(token)
    assert (time.process_time() - started) / 10_000 < 20e-6


async def test_another_issuer_is_expected_from_the_next_token_on(tokens: TokenVerifier, mint: Mint) -> None:
    token, other = mint.token(), mint.token(iss="https://login.example.com/realms/stele")
    assert await tokens.verify(token)
    tokens.expect("https://login.example.com/realms/stele")
    assert tokens.cached(token) is None
    with pytest.raises(CredentialRefused) as refused:
        await tokens.verify(token)
    assert refused.value.reason is Reason.ISSUER
    assert (await tokens.verify(other)).iss == "https://login.example.com/realms/stele"
