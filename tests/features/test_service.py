"""What every service has before it has a feature: probes, users who log in, and an audit log that names them."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import httpx2
import pytest

from tests.doors import Door, all_doors, rest
from tests.running_service import RunningService


async def test_the_service_is_alive_and_ready(service: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        assert (await client.get("/livez")).status_code == 204
        assert (await client.get("/readyz")).status_code == 204
        assert (await client.get("/health")).json()["status"] == "ok"


async def test_an_administrator_reads_the_audit_log_at_every_door(service: RunningService) -> None:
    """Each call of the audit log is recorded itself, so there is always a row to read."""
    for door in all_doors(service.url, await service.token("admin")):
        async with door:
            answer = await door.call("get_audit_logs", user="admin", per_page=1)
            assert (door.name, answer.code) == (door.name, "ok")


async def a_row(door: Door) -> dict[str, Any]:
    """Rows come some time after what they tell of; asking is told of, too. Raises TimeoutError after 20 s."""
    async with asyncio.timeout(20):
        while not (rows := (await door.call("get_audit_logs", per_page=1)).value["items"]):
            await asyncio.sleep(0.1)
    return dict(rows[0])


async def test_one_row_of_the_audit_log_is_read_at_every_door(service: RunningService) -> None:
    for door in all_doors(service.url, await service.token("admin")):
        async with door:
            row = await a_row(door)
            assert (await door.call("get_audit_log", audit_log_id=row["id"])).value == row


@pytest.mark.parametrize("binary", [False, True], ids=["json", "protobuf"])
async def test_a_session_is_begun_renewed_and_ended(service: RunningService, binary: bool) -> None:
    async with rest(service.url, None, binary=binary) as door:
        tokens = await door.call("login", username="editor", password="editor")
        renewed = await door.call("refresh", refresh_token=tokens.value["refresh_token"])
        assert renewed.value["token_type"] == "Bearer"
        ended = await door.call("logout", refresh_token=renewed.value["refresh_token"])
        assert (renewed.code, ended.code) == ("ok", "ok")
        again = await door.call("refresh", refresh_token=renewed.value["refresh_token"])
        assert again.code == "credentials_invalid"
        assert (await door.call("health")).value["status"] == "ok"


async def test_an_administrator_ends_the_sessions_of_a_user(service: RunningService) -> None:
    """Of somebody who has none, so that no other test loses his."""
    async with rest(service.url, await service.token("admin")) as door:
        assert (await door.call("end_sessions", subject=str(uuid.uuid4()))).code == "ok"


async def test_who_has_no_role_reads_nothing_at_any_door(service: RunningService) -> None:
    for door in all_doors(service.url, await service.token("nobody")):
        async with door:
            assert (await door.call("get_audit_logs")).code == "forbidden"


async def test_a_wrong_password_is_refused_and_says_nothing_else(service: RunningService) -> None:
    async with rest(service.url, None) as door:
        answer = await door.call("login", username="admin", password=uuid.uuid4().hex)
    assert answer.code == "credentials_invalid"
