"""Passwords go to the identity provider and tickets to the caller; the audited object is the name."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import httpx2
import pytest

from app.auth.principal import Principal
from app.execution.context import Caller, Context, Door
from app.features.auth.handler import Auth
from generated.errors import CredentialsInvalid
from generated.models import CreateWsTicketRequest, LoginRequest
from generated.results import Tokens
from tests.running_service import RunningService


class NobodyIsKnown:
    """An issuer that refuses."""

    async def login(self, username: str, password: str) -> Tokens:
        raise CredentialsInvalid

    async def refresh(self, refresh_token: str) -> Tokens:
        raise CredentialsInvalid

    async def logout(self, refresh_token: str) -> None:
        raise CredentialsInvalid


class RememberedTickets:
    """Remembers which page a ticket was for."""

    def __init__(self) -> None:
        self.origins: list[str | None] = []

    async def issue(self, principal: Principal, origin: str | None) -> str:
        self.origins.append(origin)
        return "ticket"


async def post(service: RunningService, path: str, body: dict[str, str], token: str | None = None) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        return await client.post(path, json=body, headers=headers)


async def test_a_login_is_refreshed_and_ended(service: RunningService) -> None:
    tokens = (await post(service, "/auth/login", {"username": "reader", "password": "reader"})).json()
    assert tokens["expires_in"] > 0
    fresh = await post(service, "/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert fresh.status_code == 200
    ended = await post(service, "/auth/logout", {"refresh_token": fresh.json()["refresh_token"]})
    assert ended.status_code == 204
    again = await post(service, "/auth/refresh", {"refresh_token": fresh.json()["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "credentials_invalid")


@pytest.mark.parametrize(
    "body", [{"username": "reader", "password": "wrong"}, {"username": "stranger", "password": "x"}]
)
async def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    service: RunningService, body: dict[str, str]
) -> None:
    refused = await post(service, "/auth/login", body)
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem.get("detail")) == (401, "credentials_invalid", None)


async def test_a_session_that_never_was_is_logged_out(service: RunningService) -> None:
    for _ in range(2):
        assert (await post(service, "/auth/logout", {"refresh_token": "never issued"})).status_code == 204


async def test_the_audit_row_of_a_refused_login_names_who_was_tried() -> None:
    nothing: Any = None
    context = Context(Caller(None, "", "", Door.HTTP), "trace", nothing)
    with pytest.raises(CredentialsInvalid):
        await Auth(NobodyIsKnown(), nothing).login(context, LoginRequest(username="stranger", password="x"))
    assert context.object_id == "stranger"


@pytest.mark.parametrize("origin", [None, "https://app.test"])
async def test_a_ticket_is_for_the_page_that_asked(origin: str | None) -> None:
    nothing: Any = None
    tickets: Any = RememberedTickets()
    ada = Principal("https://iss", "42", "ada", None, frozenset(), time.time() + 60)
    context = Context(Caller(ada, "", "", Door.HTTP, origin=origin), "trace", nothing)
    await Auth(NobodyIsKnown(), tickets).create_ws_ticket(context, CreateWsTicketRequest())
    assert tickets.origins == [origin]


async def test_a_ticket_is_for_callers_with_a_token(service: RunningService) -> None:
    assert (await post(service, "/auth/ws-ticket", {})).status_code == 401
    made = await post(service, "/auth/ws-ticket", {}, await service.token("nobody"))
    assert made.status_code == 201
    assert len(made.json()["ticket"]) >= 20


async def audited(service: RunningService, action: str, trace_id: str) -> dict[str, Any]:
    """The row of one call; the administrator reads it."""
    token = await service.token("admin")
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, headers=headers) as client:
        rows = (await client.get("/api/audit-logs", params={"action": action, "per_page": 100})).json()["items"]
    return next(dict(row) for row in rows if row["trace_id"] == trace_id)


async def test_the_rows_of_a_session_name_its_user(service: RunningService) -> None:
    given = await post(service, "/auth/login", {"username": "reader", "password": "reader"})
    fresh = await post(service, "/auth/refresh", {"refresh_token": given.json()["refresh_token"]})
    ended = await post(service, "/auth/logout", {"refresh_token": fresh.json()["refresh_token"]})
    rows = [
        await audited(service, action, answer.headers["x-correlation-id"])
        for action, answer in (("login", given), ("refresh", fresh), ("logout", ended))
    ]
    assert [row["outcome"] for row in rows] == ["success"] * 3
    assert len({(row["subject"], row["sid"]) for row in rows}) == 1
    assert [row["username"] for row in rows[:2]] == ["reader", "reader"]


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("login", {"username": "reader", "password": "wrong"}, "password"),
        ("login", {"username": "a\x00", "password": "x"}, "unreadable"),
        ("refresh", {"refresh_token": "never issued"}, "unreadable"),
    ],
)
async def test_a_refusal_s_row_says_why(service: RunningService, path: str, body: dict[str, str], reason: str) -> None:
    refused = await post(service, f"/auth/{path}", body)
    row = await audited(service, path, refused.headers["x-correlation-id"])
    assert (row["outcome"], row["code"], row["reason"]) == ("denied", "credentials_invalid", reason)


async def test_a_session_that_was_logged_out_opens_nothing_and_an_administrator_ends_all(
    service: RunningService,
) -> None:
    given = (await post(service, "/auth/login", {"username": "reader", "password": "reader"})).json()
    await post(service, "/auth/logout", {"refresh_token": given["refresh_token"]})
    await turns_401(service, given["access_token"])
    again = (await post(service, "/auth/login", {"username": "nobody", "password": "nobody"})).json()
    subject = json.loads(base64.urlsafe_b64decode(again["access_token"].split(".")[1] + "=="))["sub"]
    headers = {"authorization": f"Bearer {await service.token('admin')}"}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, headers=headers) as client:
        assert (await client.delete(f"/auth/sessions/{subject}")).status_code == 204
    await turns_401(service, again["access_token"])
    refused = await post(service, "/auth/refresh", {"refresh_token": again["refresh_token"]})
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials_invalid")
    service.forget("nobody")


async def turns_401(service: RunningService, token: str) -> None:
    """Within 5 s (D7)."""
    async with asyncio.timeout(5):
        while (await post(service, "/auth/ws-ticket", {}, token)).status_code != 401:
            await asyncio.sleep(0.1)
