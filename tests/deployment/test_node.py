"""A node with exactly the environment of docker/compose.yaml: its settings are taken in production, and it serves.

What only an engine gives is another here: the paths of secrets, the hosts in URLs, the port, and the issuer's address, whose certificate
is a test's.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.development.launcher import Issuer, Service
from app.development.servers import Postgres, Valkey, free_port
from docker.credentials import provide
from tests.databases import new_database
from tests.deployment.composed import DOCKER, Composed, read
from tests.deployment.conftest import DOMAIN
from tests.faults.tls import TlsFront, issue

REALM = json.loads((DOCKER / "keycloak" / "realm.json").read_text())
CALLER = {"host": f"api.{DOMAIN}", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}
"""As Traefik sends a caller's request on."""


def environment_of(composed: Composed, written: Path) -> dict[str, str]:
    """Of a node in its container, where secrets are files of this folder."""
    return {
        name: text.replace("/run/secrets", str(written / "secrets"))
        for name, text in composed.environment("node-1").items()
    }


def in_production(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Nothing else is set; the image sets HOST."""
    whole = {"PATH": os.environ["PATH"], "HOST": "0.0.0.0", "HOME": "/tmp"} | environment
    return subprocess.run(
        [sys.executable, "-m", "app", *command], env=whole, capture_output=True, text=True, check=False, timeout=60
    )


def test_its_settings_are_taken_in_production(composed: Composed, written: Path) -> None:
    ended = in_production(environment_of(composed, written), "config", "--json")
    assert ended.returncode == 0, ended.stdout
    said = json.loads(ended.stdout)
    assert said["notes"] == []
    assert said["settings"]["ENVIRONMENT"]["value"] == "production"
    assert said["settings"]["TRUSTED_HOSTS"]["value"] == [f"api.{DOMAIN}"]
    assert said["settings"]["KEYCLOAK_URL"]["value"] == f"https://login.{DOMAIN}"


@pytest.mark.parametrize(
    "name", ["DATABASE_URL_FILE", "REDIS_URL_FILE", "SIGNING_SECRET_FILE", "TLS", "TRUSTED_HOSTS", "KEYCLOAK_URL"]
)
def test_nothing_of_it_could_be_left_out(composed: Composed, written: Path, name: str) -> None:
    environment = environment_of(composed, written)
    del environment[name]
    assert in_production(environment, "config").returncode == 78


@dataclass
class Laid:
    service: Service
    environment: dict[str, str]
    password: str


@pytest.fixture
async def laid(postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path) -> AsyncIterator[Laid]:
    """With the realm that `make secrets` makes, at the development issuer behind TLS."""
    certificates = await asyncio.to_thread(issue, tmp_path / "tls")
    (tmp_path / "secrets").mkdir()
    database = await asyncio.to_thread(new_database, postgres, tmp_path.name)
    (tmp_path / "secrets" / "database_url").write_text(database.replace("+asyncpg", ""))
    (tmp_path / "secrets" / "redis_url").write_text(valkey.url)
    provide(tmp_path, "desk", DOMAIN, REALM)
    realm = tmp_path / "realm.json"
    issuer = Issuer(servers_folder / f"issuer-{tmp_path.name}", os.environ, "--realm", str(realm))
    async with TlsFront(issuer.port, certificates, is_postgres=False) as front:
        public = f"https://127.0.0.1:{front.port}"
        ours = json.loads((tmp_path / "secrets" / "realm.json").read_text())
        realm.write_text(json.dumps(ours | {"attributes": {"frontendUrl": public}}))
        port = free_port()
        environment = environment_of(read(tmp_path / ".env"), tmp_path) | {
            "PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(port), "ADMIN_HOST": "127.0.0.1", "ADMIN_PORT": str(free_port()),
            "KEYCLOAK_URL": public, "SSL_CERT_FILE": str(certificates.authority),
        }  # fmt: skip
        service = Service(tmp_path / "node", f"http://127.0.0.1:{port}", environment, is_shown=False)
        await asyncio.to_thread(issuer.start)
        try:
            yield Laid(service, environment, (tmp_path / "secrets" / "admin_password").read_text())
        finally:
            await asyncio.to_thread(service.stop)
            await asyncio.to_thread(issuer.stop)


async def every_worker(admin_port: str) -> None:
    """Until each of the two is ready: `start` has asked one of them, and a new connection may come to the other."""
    async with httpx2.AsyncClient(trust_env=False) as admin, asyncio.timeout(20):
        while not all(
            one["ready"] for one in (await admin.get(f"http://127.0.0.1:{admin_port}/readyz")).json()["workers"]
        ):
            await asyncio.sleep(0.1)


async def test_it_serves_after_the_job_has_migrated(laid: Laid) -> None:
    """The job has the database's URL and nothing else; the first user comes in with the client's secret in between, and has his roles."""
    job = {name: laid.environment[name] for name in ("PATH", "DATABASE_URL_FILE")}
    migrated = await asyncio.to_thread(in_production, job, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    await asyncio.to_thread(laid.service.start)
    async with httpx2.AsyncClient(base_url=laid.service.address, headers=CALLER, trust_env=False, timeout=30) as client:
        login = await client.post("/auth/login", json={"username": "admin", "password": laid.password})
        token = login.raise_for_status().json()["access_token"]
        answer = await client.get("/api/audit-logs", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        known = await client.post("/auth/login", json={"username": "editor", "password": "editor"})
        assert known.status_code == 401
        strange = await client.get("/health", headers={"host": "desk.example"})
        assert strange.status_code == 400
        async with asyncio.timeout(
            20
        ):  # A part of it that answers late on a busy machine is told here, and is no fault of the words.
            while (probed := await client.get("/readyz", headers={"host": "node-1:8000"})).status_code == 503:
                await asyncio.sleep(0.2)
        assert probed.status_code == 204, probed.text
    admin = f"http://127.0.0.1:{laid.environment['ADMIN_PORT']}"
    async with httpx2.AsyncClient(base_url=admin, trust_env=False) as prometheus:
        assert "# HELP" in (await prometheus.get("/metrics")).text
