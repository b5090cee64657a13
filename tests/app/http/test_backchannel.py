"""The issuer tells of a session's end: it is stored with its audit row, once, and who proves nothing pays for it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect

from app.audit.log import AuditLog
from app.auth.jwks import KeySet
from app.auth.logout_token import EVENT, LogoutTokens
from app.auth.session_ends import SessionEnds
from app.auth.signed_tokens import SignedTokens
from app.auth.unproven import TokenSession
from app.db.database import Database
from app.http.backchannel import PATH, BackchannelLogout
from app.limits.limiter import Permit
from generated.errors import Unavailable
from generated.operations import Bucket
from tests.app.auth.mint import ABSENT, ISSUER, Clock, Mint, PublishedKeys, rsa_key
from tests.redis_connections import running


class Budget:
    """Lets `left` refusals pass; then it is spent, or, below nothing, away."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        assert bucket.name == "unauthenticated"
        if self.left < 0:
            raise Unavailable(retry_after_s=1)
        allowed, self.left = self.left > 0, max(0, self.left - 1)
        return Permit(allowed, 1, 0, 7, 60)


class Told:
    """The endpoint with a key of its own."""

    def __init__(self, client: httpx2.AsyncClient, mint: Mint, budget: Budget) -> None:
        self.client = client
        self.budget = budget
        self._mint = mint

    def token(self, **claims: Any) -> str:
        absent: dict[str, Any] = dict.fromkeys(("azp", "resource_access", "realm_access"), ABSENT)
        said = {
            "aud": "stele",
            "sid": uuid.uuid4().hex,
            "jti": uuid.uuid4().hex,
            "events": {EVENT: {}},
            "typ": "Logout",
        }
        return self._mint.token({"typ": "logout+jwt"}, **absent | said | claims)

    async def post(self, **form: str) -> httpx2.Response:
        return await self.client.post(PATH, data=form)


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Told]:
    key, clock, budget = rsa_key("key-1"), Clock(float(int(time.time()))), Budget(1)
    keys = KeySet(PublishedKeys(key).fetch)
    tokens = LogoutTokens(SignedTokens(keys), issuer=lambda: ISSUER, client_id="stele", clock=clock)
    audit = AuditLog(database, on_drop=lambda _: None)
    route = BackchannelLogout(tokens=tokens, database=database, audit=audit, limiter=budget, trusted_proxies=0)
    application = FastAPI()
    application.add_api_route(PATH, route.answer, methods=["POST"])
    transport = httpx2.ASGITransport(application)
    async with running(keys.run), httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        while not keys.is_ready:
            await asyncio.sleep(0)
        yield Told(client, Mint(key, clock), budget)
        await audit.flush()


async def rows(migrated: str, sid: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    found = await connection.fetch("SELECT outcome, object_id FROM audit_log WHERE sid = $1", sid)
    await connection.close()
    return [tuple(row) for row in found]


async def test_a_logout_token_ends_its_session_once_with_an_audit_row(
    told: Told, database: Database, migrated: str
) -> None:
    sid = uuid.uuid4().hex
    token = told.token(sid=sid)
    answer = await told.post(logout_token=token)
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, b"", "no-store")
    assert await SessionEnds().has_ended(database, TokenSession(sid, None, 0))
    again = await told.post(logout_token=token)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert await rows(migrated, sid) == [("success", sid)]


@pytest.mark.parametrize(
    "form", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}, {"other": "x"}, {"logout_token": "x" * 20_000}]
)
async def test_what_is_no_logout_token_is_400(told: Told, form: dict[str, str]) -> None:
    assert (await told.post(**form)).status_code == 400


async def test_two_tokens_and_what_is_no_form_are_400(told: Told) -> None:
    told.budget.left = 9
    token = told.token()
    for body in (f"logout_token={token}&logout_token={token}".encode(), b"\xff\xfe", b"&" * 100):
        assert (await told.client.post(PATH, content=body)).status_code == 400


async def test_who_proves_nothing_again_and_again_is_429_and_true_tokens_go_on(told: Told) -> None:
    statuses = [(await told.post(logout_token="a.b.c")).status_code for _ in range(3)]
    assert statuses == [400, 429, 429]
    assert (await told.post(logout_token=told.token())).status_code == 200
    told.budget.left = -1
    away = await told.post(logout_token="a.b.c")
    assert (away.status_code, away.headers["retry-after"]) == (503, "1")


async def test_a_database_that_is_away_is_503_and_the_issuer_may_come_again(told: Told, database: Database) -> None:
    token = told.token()
    await database.close()
    answer = await told.post(logout_token=token)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)


async def test_a_caller_who_goes_within_the_form_has_proven_nothing(told: Told) -> None:
    """No error of ours, and no traceback."""

    async def half() -> AsyncIterator[bytes]:
        yield b"logout_token="
        raise ClientDisconnect

    assert (await told.client.post(PATH, content=half())).status_code == 400
