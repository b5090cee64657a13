"""One worker is made of these parts; browsers from elsewhere get what CORS allows and no more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx2
import pytest
from redis.asyncio import Redis

from app.audit.record import AuditRecord, Outcome
from app.development.servers import Postgres, Valkey, free_port
from app.settings import Environment, Settings
from app.wiring import Service
from tests.databases import new_database
from tests.running_service import RunningService


def worker(service: RunningService, valkey: Valkey, database_url: str) -> Service:
    """A worker beside the running service, in this process."""
    return Service(
        Settings(
            environment=Environment.DEVELOPMENT, database_url=database_url, redis_url=valkey.url, keycloak_url=service.issuer.url,
            signing_secret="a test's own secret of enough characters",
        )
    )  # fmt: skip


async def test_a_page_of_an_allowed_origin_reads_the_headers_and_another_does_not(service: RunningService) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        ours = await client.get("/health", headers={"origin": service.url})
        theirs = await client.get("/health", headers={"origin": "https://evil.example"})
        nobody = await client.get("/health")
    assert ours.headers["access-control-allow-origin"] == service.url
    exposed = {one.strip() for one in ours.headers["access-control-expose-headers"].split(",")}
    assert {"RateLimit", "Accept-Ranges", "Content-Range", "Content-Disposition", "ETag"} <= exposed
    assert "access-control-allow-origin" not in theirs.headers
    assert "access-control-allow-origin" not in nobody.headers


@pytest.mark.parametrize(("method", "fields"), [("PUT", "if-match"), ("GET", "if-range,range")])
async def test_a_preflight_is_answered_without_a_token(service: RunningService, method: str, fields: str) -> None:
    """Also of a download that goes on where it broke off (RFC 9110 §14)."""
    headers = {
        "origin": service.url,
        "access-control-request-method": method,
        "access-control-request-headers": fields,
    }
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        answer = await client.request("OPTIONS", "/api/artists/1", headers=headers)
    assert answer.status_code == 200
    assert method in answer.headers["access-control-allow-methods"]


def test_the_start_is_one_line_that_names_the_contract(service: RunningService) -> None:
    lines = [line for line in service.log().splitlines() if "service.started" in line]
    assert len(lines) == 1
    assert "operations" in lines[0]


async def test_a_worker_is_ready_with_keys_and_database_and_writes_its_audit_rows_when_it_stops(
    service: RunningService, valkey: Valkey, migrated: str
) -> None:
    trace_id = uuid.uuid4().hex
    one = worker(service, valkey, migrated)
    assert not one.readiness.is_ready, "without keys"
    await one.start()
    async with asyncio.timeout(5):
        while not one.readiness.is_ready:
            await asyncio.sleep(0.01)
    one.audit.offer(
        AuditRecord(
            at=datetime.now(UTC), username=None, subject=None, roles=[], action="read", outcome=Outcome.SUCCESS, code=None,
            door="http", object_id=None, ip=None, user_agent=None, trace_id=trace_id, duration_ms=1,
        )
    )  # fmt: skip
    await one.stop()
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT count(*) FROM audit_log WHERE trace_id = $1", trace_id) == 1
    await connection.close()


async def test_a_worker_whose_database_comes_back_with_an_older_schema_is_not_ready_until_it_is_migrated(
    service: RunningService, valkey: Valkey, postgres: Postgres
) -> None:
    url = await asyncio.to_thread(new_database, postgres, "older schema")
    one = worker(service, valkey, url)
    await one.start()
    async with asyncio.timeout(30):
        while set(one.readiness.failing) != {"schema", "ended sessions"}:  # There is no table to read the latter from.
            await asyncio.sleep(0.01)
    assert "python -m app migrate" in one.readiness.reasons["schema"]
    command = [sys.executable, "-m", "app", "migrate"]
    await asyncio.to_thread(subprocess.run, command, env={**os.environ, "DATABASE_URL": url}, check=True)
    async with asyncio.timeout(30):
        while not one.readiness.is_ready:
            await asyncio.sleep(0.01)
    await one.stop()


async def test_a_worker_whose_audit_rows_cannot_be_sealed_serves_and_says_why(
    service: RunningService, valkey: Valkey, postgres: Postgres
) -> None:
    url = await asyncio.to_thread(new_database, postgres, "no chain")
    command = [sys.executable, "-m", "app", "migrate"]
    await asyncio.to_thread(subprocess.run, command, env={**os.environ, "DATABASE_URL": url}, check=True)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("ALTER TABLE audit_chain RENAME TO hidden")
    one = worker(service, valkey, url)
    await one.start()
    async with asyncio.timeout(30):
        while not one.readiness.is_ready or one.supervisor.faults()["audit-sealer"] is None:
            await asyncio.sleep(0.01)
    assert one.supervisor.faults()["audit-sealer"] == 'relation "audit_chain" does not exist'
    assert b'task_failing{task="audit-sealer"} 1' in one.metrics.render()
    assert b'task_failing{task="audit-upkeep"} 0' in one.metrics.render()
    await connection.execute("ALTER TABLE hidden RENAME TO audit_chain")
    await connection.close()
    async with asyncio.timeout(30):
        while one.supervisor.faults()["audit-sealer"] is not None:
            await asyncio.sleep(0.01)
    await one.stop()


async def test_a_worker_without_its_database_is_not_ready(service: RunningService, valkey: Valkey) -> None:
    one = worker(service, valkey, f"postgresql+asyncpg://postgres@127.0.0.1:{free_port()}/postgres")
    await one.start()
    async with asyncio.timeout(5):
        while not one.keys.is_ready:
            await asyncio.sleep(0.01)
    assert not one.readiness.is_ready
    await one.stop()


async def test_a_worker_whose_redis_refuses_it_is_not_ready_and_says_why_until_it_is_taken(
    service: RunningService, valkey: Valkey, migrated: str
) -> None:
    """A Redis that is away comes back by itself, one that refuses the password does not."""
    user = f"u{uuid.uuid4().hex}"
    one = Service(
        Settings(
            environment=Environment.DEVELOPMENT, database_url=migrated, keycloak_url=service.issuer.url,
            redis_url=valkey.url.replace("redis://", f"redis://{user}:hunter2@"),
            signing_secret="a test's own secret of enough characters",
        )
    )  # fmt: skip
    await one.start()
    async with asyncio.timeout(30):
        while one.readiness.failing != ("redis",):
            await asyncio.sleep(0.01)
    assert one.readiness.reasons["redis"].startswith("WRONGPASS")
    client: Any = Redis.from_url(valkey.url)
    await client.execute_command("ACL", "SETUSER", user, "on", ">hunter2", "~*", "&*", "+@all")
    async with asyncio.timeout(30):
        while not one.readiness.is_ready:
            await asyncio.sleep(0.01)
    await client.execute_command("ACL", "DELUSER", user)
    await client.aclose()
    await one.stop()
