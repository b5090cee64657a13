"""What the service does while the issuer is silent or away, and what strangers can do to it: nobody closes the login for others."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.development.servers import Postgres, Valkey, free_port
from generated.operations import BUCKETS
from tests.app.auth.key_endpoint import KeyEndpoint
from tests.app.auth.mint import Clock, Mint, jwks, rsa_key
from tests.faults.proxy import Mode, Proxy
from tests.redis_connections import connected
from tests.running_service import RunningService, started

RESET_S = 10.0
"""How long an open breaker waits before its probe."""
LOGIN = {"username": "reader", "password": "reader"}


def make_client(service: RunningService) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30)


async def metric(client: httpx2.AsyncClient, line: str) -> float:
    text = (await client.get("/metrics")).text
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    assert found is not None
    return float(found[1])


BREAKER = 'stele_breaker_state{name="keycloak"}'


@pytest.mark.survives("F07")
async def test_f07_one_login_asks_whether_the_issuer_is_back(
    postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> None:
    """F07 (D18): the issuer is away for 20 logins, and the breaker opens; of 100 logins at half-open exactly one reaches it, the
    others are 503 at once; with its answer the breaker closes."""
    port = free_port()
    service = RunningService(tmp_path, postgres.url, valkey.url, KEYCLOAK_URL=f"http://127.0.0.1:{port}")
    async with Proxy(service.issuer.port, port=port) as link, started(service), make_client(service) as client:
        assert (await client.post("/auth/login", json=LOGIN)).status_code == 200
        assert await metric(client, BREAKER) == 0
        await link.switch(Mode.REFUSED)
        failed = [await client.post("/auth/login", json=LOGIN) for _ in range(20)]
        assert {(answer.status_code, "retry-after" in answer.headers) for answer in failed} == {(503, True)}
        assert await metric(client, BREAKER) == 2
        await link.switch(Mode.SILENT)
        await asyncio.sleep(RESET_S + 0.5)
        reached = link.accepted
        logins = [asyncio.create_task(client.post("/auth/login", json=LOGIN)) for _ in range(100)]
        done, waiting = await asyncio.wait(logins, timeout=2.5)
        assert len(waiting) == 1
        assert {task.result().status_code for task in done} == {503}
        assert await metric(client, BREAKER) == 1
        assert link.accepted - reached <= 2, "the probe, and perhaps a fetch of keys"
        await link.switch(Mode.FORWARD)
        assert (await waiting.pop()).status_code == 200
        assert await metric(client, BREAKER) == 0
        assert (await client.post("/auth/login", json=LOGIN)).status_code == 200
    states = [json.loads(line) for line in service.log().splitlines() if "breaker.transition" in line]
    changes = [(one["old"], one["new"]) for one in states if one.get("breaker") == "keycloak"]
    assert changes == [("closed", "open"), ("open", "half-open"), ("half-open", "closed")]


HOSTILE: dict[str, tuple[str, dict[str, str]]] = {
    "a refresh token of 16,384 letters that take six bytes each": ("refresh", {"refresh_token": "é" * 16_384}),
    "a refresh token of 16,384 letters": ("refresh", {"refresh_token": "x" * 16_384}),
    "a refresh token of per cent signs": ("refresh", {"refresh_token": "%" * 16_384}),
    "a refresh token whose header is 12,000 lists": (
        "refresh",
        {"refresh_token": base64.urlsafe_b64encode(b"[" * 12_000).decode() + ".e30.AAAA"},
    ),
    "a refresh token with line ends": ("refresh", {"refresh_token": "a\r\nb.c.d"}),
    "the longest password, twelve bytes a letter": ("login", {"username": "reader", "password": "😀" * 1024}),
    "the longest name": ("login", {"username": "😀" * 255, "password": "x"}),
    "a name with NUL": ("login", {"username": "a\x00b", "password": "x"}),
    "a name with half of a pair": ("login", {"username": "\ud800", "password": "x"}),
    "a logout of nothing": ("logout", {"refresh_token": "é" * 16_384}),
}


@pytest.mark.survives("F07")
@pytest.mark.parametrize(("operation", "body"), HOSTILE.values(), ids=HOSTILE)
async def test_f07_what_a_stranger_sends_does_not_close_the_login(
    operation: str, body: dict[str, str], service: RunningService
) -> None:
    """F07 (D18): a stranger sends what the issuer cannot take, as often as the limit allows; each is refused as what it is, and
    others log in as before."""
    async with make_client(service) as client:
        statuses = {
            (await client.post(f"/auth/{operation}", content=json.dumps(body).encode(), headers=JSON)).status_code
            for _ in range(12)
        }
        assert statuses <= {204, 400, 401, 422}
        assert (await client.post("/auth/login", json=LOGIN)).status_code == 200
        assert await metric(client, BREAKER) == 0


JSON = {"content-type": "application/json"}


@dataclass
class Foreign:
    """A service that trusts the keys of `endpoint`, which counts who asks for them."""

    service: RunningService
    endpoint: KeyEndpoint
    mint: Mint

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        issuer = f"{self.endpoint.url}/realms/stele"
        return self.mint.token(header, **{"iss": issuer, **claims})

    async def status(self, client: httpx2.AsyncClient, token: str, address: str = "192.0.2.1") -> int:
        headers = {"authorization": f"Bearer {token}", "x-forwarded-for": address}
        return (await client.get("/api/artists/1", headers=headers)).status_code


@pytest.fixture
async def foreign(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> AsyncIterator[Foreign]:
    async with KeyEndpoint() as endpoint:
        key = rsa_key("key-1")
        endpoint.reply(jwks(key))
        running = RunningService(
            tmp_path,
            postgres.url,
            await empty_database(valkey),
            KEYCLOAK_URL=endpoint.url,
            RATE_LIMIT_SCALE="1",
            TRUSTED_PROXIES="1",
        )
        async with started(running) as service:
            yield Foreign(service, endpoint, Mint(key, Clock(float(int(time.time())))))
        endpoint.reply(jwks(key))


async def empty_database(valkey: Valkey) -> str:
    """The URL of a database of the session's Valkey in which no budget is spent."""
    async with connected(f"redis://127.0.0.1:{valkey.port}/9") as connection:
        await connection.ask("FLUSHDB")
    return f"redis://127.0.0.1:{valkey.port}/9"


@pytest.mark.survives("A08")
@pytest.mark.parametrize(
    ("forged", "at_once"),
    [(BUCKETS["unauthenticated"].limit + 200, 10), pytest.param(10_000, 20, marks=pytest.mark.long)],
)
async def test_a08_a_flood_of_unknown_key_ids_costs_one_fetch_and_its_sender_only(
    forged: int, at_once: int, foreign: Foreign
) -> None:
    """A08 (D6, D19): tokens of thousands of random key ids cost the issuer one question and their sender its budget, 429, however
    many addresses of its network it sends them from; who has a valid token does not notice."""
    tokens = [foreign.token({"kid": secrets.token_hex(8)}) for _ in range(at_once)]
    refused: list[int] = []
    valid: list[int] = []
    async with make_client(foreign.service) as client:
        good = foreign.token()
        assert await foreign.status(client, good) in (200, 404)
        fetches = len(foreign.endpoint.requests)

        async def attack() -> None:
            for number in range(forged // at_once):
                header, rest = tokens[number % at_once].split(".", 1)
                address = f"2001:db8:a:b:{secrets.token_hex(2)}::{number:x}"
                refused.append(await foreign.status(client, f"{_with_new_key_id(header)}.{rest}", address))

        attackers = [asyncio.create_task(attack()) for _ in range(at_once)]
        while not all(task.done() for task in attackers):
            valid.append(await foreign.status(client, good))
            await asyncio.sleep(0.1)
        await asyncio.gather(*attackers)
    assert set(valid) <= {200, 404}
    assert set(refused) == {401, 429}
    assert refused.count(401) <= BUCKETS["unauthenticated"].limit
    assert len(foreign.endpoint.requests) - fetches <= 2


def _with_new_key_id(header: str) -> str:
    members = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    text = json.dumps(members | {"kid": secrets.token_hex(8)}).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.survives("F08", "A02", "A03", "A05")
async def test_f08_known_keys_go_on_while_the_issuer_is_silent_and_unknown_ones_hold_nobody(foreign: Foreign) -> None:
    """F08 (D6): the issuer no longer answers. Tokens of known keys are accepted, each new one too; one of an unknown key is 503
    within a second; forged, foreign and expired ones are 401 as ever."""
    now = int(foreign.mint.clock())
    async with make_client(foreign.service) as client:
        assert await foreign.status(client, foreign.token()) in (200, 404)
        foreign.endpoint.hold()
        started_at = time.monotonic()
        assert await foreign.status(client, foreign.token({"kid": "key-2"})) == 503
        assert time.monotonic() - started_at < 2.0
        for number in range(20):
            assert await foreign.status(client, foreign.token(jti=str(number))) in (200, 404)
        for token in (
            foreign.token(key=rsa_key("key-1")),
            foreign.token(iss="http://elsewhere.example/realms/stele"),
            foreign.token(aud="account"),
            foreign.token(typ="ID"),
            foreign.token(exp=now - 60),
            foreign.token({"zip": "DEF"}),
        ):
            assert await foreign.status(client, token) == 401
