"""Login, refresh and logout against a real issuer process; and against servers that fail in every way."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from app.auth.breaker import Breaker
from app.auth.jwks import KeySet
from app.auth.keycloak_identity import KeycloakIdentity, KeycloakKeys
from app.auth.verifier import TokenVerifier
from app.development.realm import REALM_FILE, load_realm
from app.telemetry.metrics.issuer import IssuerMetrics
from app.telemetry.metrics.registry import Registry
from generated.errors import CredentialsInvalid, Unavailable
from tests.app.auth.issuer_process import IssuerProcess
from tests.app.auth.key_endpoint import KeyEndpoint


def identity_at(
    url: str, *, fail_max: int = 5, timeout_s: float = 4.0, metrics: IssuerMetrics | None = None
) -> KeycloakIdentity:
    breaker = Breaker("keycloak", fail_max=fail_max, on_transition=lambda *change: None)
    return KeycloakIdentity(
        url=url,
        realm="stele",
        client_id="stele",
        client_secret=None,
        breaker=breaker,
        timeout_s=timeout_s,
        metrics=metrics,
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
    assert principal.roles == set(load_realm(REALM_FILE).users["editor"].roles["stele"])
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
    "status 500": ("500 Internal Server Error", b"{}", "keycloak.failed"),
    "status 503 in HTML": ("503 Service Unavailable", b"<html>", "keycloak.failed"),
    "too many": ("429 Too Many Requests", b"", "keycloak.failed"),
    "client unknown": ("401 Unauthorized", b'{"error": "invalid_client"}', "keycloak.misconfigured"),
    "grant not allowed": ("400 Bad Request", b'{"error": "unauthorized_client"}', "keycloak.misconfigured"),
    "https needed": ("403 Forbidden", b'{"error": "invalid_request"}', "keycloak.misconfigured"),
    "realm unknown": ("404 Not Found", b'{"error": "Realm does not exist"}', "keycloak.misconfigured"),
    "a redirect": ("302 Found", b"", "keycloak.misconfigured"),
    "deep": ("400 Bad Request", b"[" * 100_000, "keycloak.failed"),
    "no JSON": ("200 OK", b"hello", "keycloak.failed"),
    "a list": ("200 OK", b"[]", "keycloak.failed"),
    "no tokens": ("200 OK", b"{}", "keycloak.failed"),
    "expiry a string": ("200 OK", b'{"access_token": "a", "expires_in": "300"}', "keycloak.failed"),
}


@pytest.mark.parametrize(("status", "body", "event"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_that_is_not_the_users_is_unavailable(
    status: str, body: bytes, event: str, key_endpoint: KeyEndpoint
) -> None:
    key_endpoint.reply(body, status)
    identity = identity_at(key_endpoint.url)
    with capture_logs() as logs, pytest.raises(Unavailable) as caught:
        await identity.login("reader", "secret-password")
    assert caught.value.retry_after_s
    assert [line["event"] for line in logs] == [event]
    assert "secret-password" not in repr(logs)
    await identity.aclose()


@pytest.mark.parametrize(
    ("status", "body", "counts"),
    [
        ("500 Internal Server Error", b"{}", True),
        ("502 Bad Gateway", b"", True),
        ("429 Too Many Requests", b"", True),
        ("400 Bad Request", b'{"error": "invalid_grant"}', False),
        ("400 Bad Request", b'{"error": "invalid_request"}', False),
        ("400 Bad Request", b"<html>", False),
        ("401 Unauthorized", b'{"error": "invalid_client"}', False),
        ("403 Forbidden", b"", False),
        ("404 Not Found", b"", False),
        ("413 Content Too Large", b"", False),
        ("414 URI Too Long", b"", False),
        ("431 Request Header Fields Too Large", b"", False),
    ],
)
async def test_f07_what_the_issuer_refuses_never_opens_the_breaker(
    status: str, body: bytes, counts: bool, key_endpoint: KeyEndpoint
) -> None:
    """F07 (D18): no 4xx of the issuer but 429 counts as an outage; whoever causes them closes the login for nobody."""
    key_endpoint.reply(body, status)
    identity = identity_at(key_endpoint.url, fail_max=3)
    for _ in range(10):
        with pytest.raises((CredentialsInvalid, Unavailable)):
            await identity.refresh("a.b.c")
    assert len(key_endpoint.requests) == (3 if counts else 10)
    await identity.aclose()


@pytest.mark.parametrize("status", ["413 Content Too Large", "414 URI Too Long", "431 Request Header Fields Too Large"])
async def test_what_is_too_large_for_the_issuer_is_no_credential(status: str, key_endpoint: KeyEndpoint) -> None:
    key_endpoint.reply(b"", status)
    identity = identity_at(key_endpoint.url)
    with pytest.raises(CredentialsInvalid):
        await identity.login("reader", "reader")
    await identity.aclose()


@pytest.mark.parametrize(
    "token", ["\u00e9" * 16_384, "\u00e9", "%" * 6_000, "x" * 16_385, "a\nb", "\x7f", "\x00", "\ud800", ""]
)
async def test_what_no_issuer_can_take_is_not_even_asked(token: str, key_endpoint: KeyEndpoint) -> None:
    identity = identity_at(key_endpoint.url)
    for call in (identity.refresh(token), identity.logout(token)):
        with pytest.raises(CredentialsInvalid):
            await call
    for name, password in (("a\rb", "x"), ("x", "\ud800"), ("\ufffe", "x"), ("x", "\U0001f600" * 2_000)):
        with pytest.raises(CredentialsInvalid):
            await identity.login(name, password)
    assert key_endpoint.requests == []
    await identity.aclose()


async def test_the_longest_values_of_the_contract_are_asked_in_any_script(identity: KeycloakIdentity) -> None:
    """They are credentials like any other: wrong here, but nothing of ours says so."""
    with pytest.raises(CredentialsInvalid):
        await identity.login("\U0001f600" * 255, "\U0001f600" * 1024)
    with pytest.raises(CredentialsInvalid):
        await identity.refresh("x" * 16_384)
    assert await identity.login("reader", "reader")


async def test_a_misconfiguration_is_logged_once_until_it_changes_or_ends(
    identity: KeycloakIdentity, key_endpoint: KeyEndpoint
) -> None:
    wrong = identity_at(key_endpoint.url)
    with capture_logs() as logs:
        for error in (
            "invalid_client",
            "invalid_client",
            "unauthorized_client",
            "invalid_grant",
            "unauthorized_client",
        ):
            key_endpoint.reply(f'{{"error": "{error}"}}'.encode(), "401 Unauthorized")
            with pytest.raises((CredentialsInvalid, Unavailable)):
                await wrong.login("reader", "reader")
    assert [line["error"] for line in logs] == ["invalid_client", "unauthorized_client"]
    assert {line["log_level"] for line in logs} == {"error"}
    await wrong.aclose()


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


async def test_each_call_of_the_issuer_is_counted_by_its_purpose_and_its_end(issuer: IssuerProcess) -> None:
    registry = Registry()
    good = identity_at(issuer.url, metrics=IssuerMetrics(registry))
    away = identity_at("http://127.0.0.1:9", fail_max=1, metrics=IssuerMetrics(registry))
    tokens = await good.login("reader", "reader")
    await good.logout((await good.refresh(tokens.refresh_token)).refresh_token)
    for identity, refusal in ((good, CredentialsInvalid), (away, Unavailable), (away, Unavailable)):
        with pytest.raises(refusal):
            await identity.login("reader", "wrong")
    with pytest.raises(CredentialsInvalid):
        await good.login("reader", "\x00")
    await good.aclose()
    await away.aclose()
    told = re.findall(r'issuer_requests_total\{outcome="(\w+)",purpose="(\w+)"\} (\S+)', registry.render().decode())
    assert sorted(told) == sorted(
        [("ok", "login", "1.0"), ("ok", "refresh", "1.0"), ("ok", "logout", "1.0"), ("refused", "login", "1.0"),
         ("failed", "login", "1.0"), ("unasked", "login", "1.0")]
    )  # fmt: skip
