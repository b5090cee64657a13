"""PostgreSQL and Redis by TLS, client certificate, user and password, as providers hand them out in one URL."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from redis.asyncio import Redis

from app.db.database import Database
from app.db.pipelined_redis import PipelinedConnection, RedisConnection, RedisUnavailable
from app.development.servers import Postgres, Valkey, free_port
from tests.databases import new_database
from tests.faults.tls import Certificates, TlsFront, issue
from tests.redis_connections import connected
from tests.redis_servers import SERVICE, SentinelServer
from tests.running_service import RunningService, started


@pytest.fixture(scope="module")
def certificates(servers_folder: Path) -> Certificates:
    return issue(servers_folder / "certificates")


def database_by(front: TlsFront, name: str, certificates: Certificates, *, mode: str = "verify-full") -> str:
    """As a provider writes it."""
    client = f"sslcert={certificates.client}&sslkey={certificates.client_key}"
    return (
        f"postgres://postgres:hunter2@127.0.0.1:{front.port}/{name}"
        f"?sslmode={mode}&sslrootcert={certificates.authority}&{client}"
    )


async def with_user(valkey: Valkey) -> str:
    """User and password of an ACL user who may do everything."""
    client: Any = Redis.from_url(valkey.url)
    await client.execute_command("ACL", "SETUSER", "app", "on", ">p%40ss", "~*", "&*", "+@all")
    await client.aclose()
    return "app:p%2540ss"


async def test_postgresql_is_reached_by_tls_with_a_client_certificate_and_not_without(
    postgres: Postgres, certificates: Certificates
) -> None:
    async with TlsFront(postgres.port, certificates, is_postgres=True, wants_client=True) as front:
        url = database_by(front, "postgres", certificates)
        good, bare = Database(url, 1), Database(url.partition("&sslcert")[0], 1)
        stranger = Database(url.replace(str(certificates.authority), str(certificates.client)), 1)
        assert await good.fault() is None
        for refused in (bare, stranger):
            fault = await refused.fault()
            assert fault is not None
            assert "hunter2" not in fault
        for one in (good, bare, stranger):
            await one.close()


async def test_the_schema_is_brought_forward_by_tls(postgres: Postgres, certificates: Certificates) -> None:
    """libpq's words for TLS are no words of SQLAlchemy's, which once ended in a traceback."""
    name = urlsplit(await asyncio.to_thread(new_database, postgres, "by_tls")).path.strip("/")
    async with TlsFront(postgres.port, certificates, is_postgres=True, wants_client=True) as front:
        environment = {**os.environ, "DATABASE_URL": database_by(front, name, certificates)}
        command = [sys.executable, "-m", "app", "migrate"]
        ended = await asyncio.to_thread(
            subprocess.run, command, env=environment, capture_output=True, text=True, check=False
        )
    assert (ended.returncode, "Traceback" in ended.stderr) == (0, False), ended.stderr


@pytest.mark.parametrize("is_right", [True, False])
async def test_redis_is_reached_by_tls_as_an_acl_user_and_a_wrong_password_is_known_as_such(
    valkey: Valkey, certificates: Certificates, is_right: bool
) -> None:
    user = await with_user(valkey)
    async with TlsFront(valkey.port, certificates, is_postgres=False, wants_client=True) as front:
        client = f"ssl_certfile={certificates.client}&ssl_keyfile={certificates.client_key}"
        given = user if is_right else "app:hunter2"
        url = f"rediss://{given}@127.0.0.1:{front.port}/0?ssl_ca_certs={certificates.authority}&{client}"
        connection = PipelinedConnection(url)
        running = asyncio.create_task(connection.run())
        async with asyncio.timeout(20):
            while not connection.is_up and connection.refusal is None:
                await asyncio.sleep(0.02)
        if is_right:
            assert await connection.ask("ACL", "WHOAMI") == b"app"
        else:
            assert (connection.refusal or "").startswith("WRONGPASS")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_cluster_is_reached_by_tls_as_an_acl_user(certificates: Certificates, tmp_path: Path) -> None:
    """Who is asked for the slots, and the master that is named, which announces a port that speaks TLS."""
    server = Valkey(tmp_path / "cluster", "--cluster-enabled", "yes", "--cluster-port", str(free_port()))
    server.start()
    try:
        admin: Any = Redis.from_url(server.url)
        await admin.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        user = await with_user(server)
        async with TlsFront(server.port, certificates, is_postgres=False, wants_client=True) as front:
            await admin.config_set("cluster-announce-port", front.port)
            files = f"ssl_ca_certs={certificates.authority}&ssl_certfile={certificates.client}&ssl_keyfile={certificates.client_key}"
            async with connected(f"rediss+cluster://{user}@127.0.0.1:{front.port}?{files}") as connection:
                await until_answered(connection)
                assert (connection.url_of("key") or "").startswith(f"rediss://{user}@127.0.0.1:{front.port}/0?")
        await admin.aclose()
    finally:
        server.stop()


async def test_a_sentinel_and_its_master_are_reached_by_tls(
    valkey: Valkey, certificates: Certificates, tmp_path: Path
) -> None:
    user = await with_user(valkey)
    files = f"ssl_ca_certs={certificates.authority}"
    async with TlsFront(valkey.port, certificates, is_postgres=False) as master:
        watcher = SentinelServer(tmp_path / "sentinel", master.port, down_after_ms=60_000)
        watcher.start()
        try:
            async with TlsFront(watcher.port, certificates, is_postgres=False) as front:
                url = f"rediss+sentinel://{user}@127.0.0.1:{front.port}/{SERVICE}?{files}"
                async with connected(url) as connection:
                    await until_answered(connection)
        finally:
            watcher.stop()


async def until_answered(connection: RedisConnection) -> None:
    async with asyncio.timeout(20):
        while True:
            with suppress(RedisUnavailable):
                assert await connection.ask("GET", "nothing") is None
                return
            await asyncio.sleep(0.02)


async def test_the_whole_service_runs_on_servers_that_speak_tls(
    postgres: Postgres, valkey: Valkey, certificates: Certificates, servers_folder: Path
) -> None:
    """Every connection that it opens goes through TLS with a password: pool, probe, mover, limits, and the reader of events."""
    name = urlsplit(await asyncio.to_thread(new_database, postgres, "all_by_tls")).path.strip("/")
    user = await with_user(valkey)
    async with (
        TlsFront(postgres.port, certificates, is_postgres=True) as database,
        TlsFront(valkey.port, certificates, is_postgres=False) as redis,
    ):
        redis_url = f"rediss://{user}@127.0.0.1:{redis.port}/0?ssl_ca_certs={certificates.authority}"
        service = RunningService(
            servers_folder / "by tls", database_by(database, name, certificates), redis_url, ADMIN_PORT="0"
        )
        async with started(service), httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
            headers = {"authorization": f"Bearer {await service.token('editor')}"}
            made = await client.post("/api/artists", json={"name": "By TLS"}, headers=headers)
            assert made.status_code == 201
            text = (await client.get("/metrics")).text
    assert 'stele_breaker_state{name="redis"} 0.0' in text
    assert "stele_limiter_down_total 0.0" in text
    assert "broadcast.read_failed" not in service.log()
