"""The issuer is what the realm announces, unless it is set; what differs is told once."""

from __future__ import annotations

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from app.auth.discovery import IssuerDiscovery
from tests.redis_connections import running

REALM = "http://keycloak:8080/realms/shop"
PUBLIC = "https://login.example.com/realms/shop"


class Realm:
    """Answers or raises what it is told to."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def fetch(self) -> bytes:
        self.asked += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def announces(issuer: str) -> bytes:
    return b'{"issuer": "%s", "jwks_uri": "x"}' % issuer.encode()


async def discovered(realm: Realm, configured: str | None, times: int) -> tuple[IssuerDiscovery, list[str]]:
    """After so many questions."""
    changes: list[str] = []
    discovery = IssuerDiscovery(
        realm.fetch, realm_url=REALM, configured=configured, on_change=changes.append, refresh_s=0.01
    )
    async with running(discovery.run), asyncio.timeout(10):
        while realm.asked <= times:
            await asyncio.sleep(0.01)
    return discovery, changes


async def test_a_realm_with_a_public_address_is_known_by_it() -> None:
    with capture_logs() as logs:
        discovery, changes = await discovered(Realm(announces(PUBLIC)), None, 3)
    assert (discovery.issuer, changes, discovery.is_settled) == (PUBLIC, [PUBLIC], True)
    assert [line["event"] for line in logs] == ["issuer.discovered"]


async def test_a_realm_that_is_away_at_first_is_asked_again() -> None:
    discovery, changes = await discovered(Realm(ConnectionError(), ConnectionError(), announces(PUBLIC)), None, 4)
    assert (discovery.is_settled, changes) == (True, [PUBLIC])


async def test_a_realm_that_was_never_heard_settles_nothing() -> None:
    discovery, changes = await discovered(Realm(ConnectionError()), None, 2)
    assert (discovery.is_settled, discovery.issuer, changes) == (False, REALM, [])


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"issuer": 7}', b'{"issuer": ""}', announces("x" * 2000)])
async def test_a_realm_that_says_no_issuer_leaves_the_address_it_was_asked_at(answer: bytes) -> None:
    discovery, changes = await discovered(Realm(answer), None, 1)
    assert (discovery.is_settled, discovery.issuer, changes) == (True, REALM, [])


async def test_what_is_configured_stays_and_a_mismatch_is_one_line() -> None:
    with capture_logs() as logs:
        discovery, changes = await discovered(Realm(announces(PUBLIC)), "https://other.example.com", 4)
    assert (discovery.issuer, changes) == ("https://other.example.com", [])
    (line,) = logs
    assert (line["event"], line["configured"], line["announced"]) == ("issuer.mismatch", discovery.issuer, PUBLIC)
    assert "KEYCLOAK_ISSUER" in line["said"]


async def test_a_realm_that_gets_another_address_is_followed() -> None:
    _, changes = await discovered(Realm(announces(REALM), announces(PUBLIC), announces(REALM)), None, 4)
    assert changes == [PUBLIC, REALM]


async def test_an_answer_that_trickles_without_an_end_is_given_up() -> None:
    """Each read has its own limit at the client; all of them together have one here."""
    asked: list[float] = []

    async def trickle() -> bytes:
        asked.append(time.monotonic())
        await asyncio.sleep(3600)
        return b""

    discovery = IssuerDiscovery(trickle, realm_url=REALM, configured=None, on_change=print, refresh_s=0.01)
    async with running(discovery.run), asyncio.timeout(30):
        while len(asked) < 2:
            await asyncio.sleep(0.05)
    assert not discovery.is_settled
