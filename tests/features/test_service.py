"""What every service has before it has a feature: probes, users who log in, and an audit log that names them."""

from __future__ import annotations

import uuid

import httpx2

from tests.doors import all_doors, rest
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


async def test_who_has_no_role_reads_nothing_at_any_door(service: RunningService) -> None:
    for door in all_doors(service.url, await service.token("nobody")):
        async with door:
            assert (await door.call("get_audit_logs")).code == "forbidden"


async def test_a_wrong_password_is_refused_and_says_nothing_else(service: RunningService) -> None:
    async with rest(service.url, None) as door:
        answer = await door.call("login", username="admin", password=uuid.uuid4().hex)
    assert answer.code == "credentials_invalid"
