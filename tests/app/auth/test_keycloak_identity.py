"""Login, refresh and logout against a real issuer process; and against servers that fail in every way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from app.auth.breaker import Breaker
from app.auth.jwks import KeySet
from app.auth.keycloak_identity import KeycloakIdentity, KeycloakKeys
from app.auth.verifier import TokenVerifier
from generated.errors import CredentialsInvalid, Unavailable
from tests.app.auth.issuer_process import IssuerProcess
from tests.app.auth.key_endpoint import KeyEndpoint


def identity_at(url: str, *, fail_max: int = 5, timeout_s: float = 4.0) -> KeycloakIdentity:
    breaker = Breaker("keycloak", fail_max=fail_max, on_transition=lambda *change: None)
    return KeycloakIdentity(
        url=url, realm="stele", client_id="stele", client_secret=None, breaker=breaker, timeout_s=timeout_s
    )


@pytest.fixture
async def identity(issuer: IssuerProcess) -> AsyncIterator[KeycloakIdentity]:
    found = identity_at(issuer.url)
    yield found
    await found.aclose()


async def test_a_login_gives_tokens_that_the_verifier_accepts_with_the_keys_of_the_issuer(
    identity: KeycloakIdentity, issuer: IssuerProcess
) -> None:
    source = KeycloakKeys(issuer.issuer)
    tokens = TokenVerifier(
        KeySet(source.fetch),
        issuer=issuer.issuer,
        audience="stele",
        azp=frozenset({"stele"}),
        client_id="stele",
        clock=time.time,
    )
    given = await identity.login("editor", "editor")
    principal = await tokens.verify(given.access_token)
    assert principal.username == "editor"
    assert principal.roles == {"get-authors", "create-author", "update-author"}
    assert (given.token_type, given.expires_in) == ("Bearer", 300)
    assert given.refresh_expires_in > given.expires_in
    await source.aclose()


async def test_a_refresh_gives_new_tokens_and_logout_ends_them(identity: KeycloakIdentity) -> None:
    first = await identity.login("reader", "reader")
    second = await identity.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    await identity.logout(second.refresh_token)
    await identity.logout(second.refresh_token)
    with pytest.raises(CredentialsInvalid):
        await identity.refresh(second.refresh_token)


@pytest.mark.parametrize("password", ["", "wrong", "reader ", "\x00", "\ud800", "x" * 1024, "ü€𐍈", "a&password=reader"])
async def test_a_wrong_password_is_refused_and_never_counts_as_a_failure(
    password: str, identity: KeycloakIdentity
) -> None:
    for _ in range(6):
        with pytest.raises(CredentialsInvalid):
            await identity.login("reader", password)
    assert await identity.login("reader", "reader")


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "\x00", "\ud800"])
async def test_what_is_no_refresh_token_is_refused_at_refresh_and_logout(
    token: str, identity: KeycloakIdentity
) -> None:
    with pytest.raises(CredentialsInvalid):
        await identity.refresh(token)
    with pytest.raises(CredentialsInvalid):
        await identity.logout(token)


async def test_50_concurrent_logins_each_get_their_own_session(identity: KeycloakIdentity) -> None:
    given = await asyncio.gather(*(identity.login("reader", "reader") for _ in range(50)))
    assert len({tokens.access_token for tokens in given}) == 50


FAULTS = {
    "status 500": ("500 Internal Server Error", b"{}"),
    "status 503 in HTML": ("503 Service Unavailable", b"<html>"),
    "client unknown": ("401 Unauthorized", b'{"error": "invalid_client"}'),
    "grant not allowed": ("400 Bad Request", b'{"error": "unauthorized_client"}'),
    "realm unknown": ("404 Not Found", b'{"error": "Realm does not exist"}'),
    "a redirect": ("302 Found", b""),
    "no JSON": ("200 OK", b"hello"),
    "a list": ("200 OK", b"[]"),
    "no tokens": ("200 OK", b"{}"),
    "expiry a string": ("200 OK", b'{"access_token": "a", "expires_in": "300"}'),
    "deep": ("400 Bad Request", b"[" * 100_000),
}


@pytest.mark.parametrize(("status", "body"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_that_is_not_the_users_is_unavailable(
    status: str, body: bytes, key_endpoint: KeyEndpoint
) -> None:
    key_endpoint.reply(body, status)
    identity = identity_at(key_endpoint.url)
    with capture_logs() as logs, pytest.raises(Unavailable) as caught:
        await identity.login("reader", "secret-password")
    assert caught.value.retry_after_s
    assert [line["event"] for line in logs] == ["keycloak.failed"]
    assert "secret-password" not in repr(logs)
    await identity.aclose()


async def test_an_issuer_that_never_answers_is_given_up_in_time_and_opens_the_breaker(
    key_endpoint: KeyEndpoint,
) -> None:
    identity = identity_at(key_endpoint.url, fail_max=2, timeout_s=0.1)
    started = time.monotonic()
    for _ in range(5):
        with pytest.raises(Unavailable):
            await identity.login("reader", "reader")
    assert len(key_endpoint.requests) == 2
    assert time.monotonic() - started < 2
    await identity.aclose()


async def test_an_issuer_that_is_gone_is_unavailable_to_every_method() -> None:
    async with KeyEndpoint() as gone:
        url = gone.url
    identity = identity_at(url)
    for call in (identity.login("reader", "reader"), identity.refresh("a.b.c"), identity.logout("a.b.c")):
        with pytest.raises(Unavailable):
            await call
    await identity.aclose()
