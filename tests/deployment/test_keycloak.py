"""The real Keycloak as docker/compose.yaml runs it: built for PostgreSQL, in production mode, with the realm that `make secrets` makes.

The distribution is the tests' own, of the same line of versions as the image. Other than in a container are its folders, the database's
address, and a port of loopback.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from app.development.keycloak import VERSION, fetched
from app.development.servers import Postgres, Server, ServerUnavailable, free_port
from generated.product import NAME
from tests.databases import new_database
from tests.deployment.composed import DOCKER, Composed
from tests.deployment.conftest import DOMAIN
from tests.issuers.stage import claims_of
from tests.missing import missing

pytestmark = [pytest.mark.xdist_group("keycloak"), pytest.mark.timeout(600)]
DOCKERFILE = DOCKER / "keycloak" / "Dockerfile"
WITHIN_S = 240.0


class InProduction(Server):
    """Unpacked, built as the Dockerfile says, and started with the compose file's command and environment."""

    start_s = WITHIN_S

    def __init__(self, folder: Path, environment: dict[str, str], command: list[str], realm: Path) -> None:
        super().__init__(folder)
        self.port, self.management = free_port(), free_port()
        self._command, self._realm = command, realm
        self._environment = {**os.environ, **environment, "KC_HTTP_HOST": "127.0.0.1", "KC_HTTP_PORT": str(self.port)}
        self._environment |= {
            "KC_HTTP_MANAGEMENT_PORT": str(self.management),
            "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1",
        }
        self.home = folder / f"keycloak-{VERSION}"

    def launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.unpack_archive(fetched(), self.folder)
        for script in (self.home / "bin").glob("*.sh"):
            script.chmod(0o755)
        (self.home / "data" / "import").mkdir(parents=True)
        shutil.copy(self._realm, self.home / "data" / "import" / "realm.json")
        said = re.search(r"^ENV (KC_.*)$", DOCKERFILE.read_text(), re.MULTILINE)
        assert said
        build = dict(one.split("=") for one in said[1].split())
        program = str(self.home / "bin" / "kc.sh")
        subprocess.run(
            [program, "build"], env={**os.environ, **build}, check=True, capture_output=True, timeout=WITHIN_S
        )
        self._before = self._state()
        self._spawn([program, *self._command], environment=self._environment)

    def written(self) -> list[str]:
        """Files of the distribution that are other than before it was started, but for those below data/."""
        now = self._state()
        return sorted(name for name in now.keys() | self._before.keys() if now.get(name) != self._before.get(name))

    def _state(self) -> dict[str, int]:
        kept = [
            path for path in self.home.rglob("*") if path.is_file() and path.relative_to(self.home).parts[0] != "data"
        ]
        return {str(path.relative_to(self.home)): path.stat().st_mtime_ns for path in kept}

    def is_ready(self) -> bool:
        """By the compose file's own health check."""
        return subprocess.run(self._health, capture_output=True, check=False, timeout=10).returncode == 0

    def asked_by(self, test: list[str]) -> None:
        kind, *command = test
        assert kind == "CMD"
        self._health = [one.replace("$$", "$").replace("/9000", f"/{self.management}") for one in command]

    def _end(self, with_signal: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, with_signal)
        super()._end(with_signal)


@pytest.fixture
async def keycloak(
    composed: Composed, written: Path, postgres: Postgres, tmp_path: Path
) -> AsyncIterator[InProduction]:
    try:
        await asyncio.to_thread(fetched)
    except ServerUnavailable as reason:
        missing(reason)
    database = await asyncio.to_thread(new_database, postgres, "keycloak-in-production")
    settings = (written / "secrets" / "keycloak.conf").read_text()
    (tmp_path / "keycloak.conf").write_text(
        settings.replace("postgres:5432/keycloak", f"127.0.0.1:{postgres.port}/{database.rpartition('/')[2]}").replace(
            "db-username=keycloak", "db-username=postgres"
        )
    )
    places = {
        "/run/secrets/keycloak.conf": tmp_path / "keycloak.conf",
        "/run/secrets/authority.pem": written / "secrets" / "authority.pem",
    }
    environment = {name: str(places.get(text, text)) for name, text in composed.environment("keycloak").items()}
    server = InProduction(
        tmp_path / "keycloak", environment, composed.services["keycloak"]["command"], written / "secrets" / "realm.json"
    )
    server.asked_by(composed.services["keycloak"]["healthcheck"]["test"])
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def test_it_starts_in_production_with_the_realm_of_make_secrets(keycloak: InProduction, written: Path) -> None:
    """Its users see it at Traefik's address, whatever it is asked by; the client needs its secret; nobody of development is there."""
    client_secret, password = ((written / "secrets" / name).read_text() for name in ("client_secret", "admin_password"))
    form = {"grant_type": "password", "client_id": NAME, "username": "admin", "password": password}
    proxied = {"x-forwarded-proto": "https", "x-forwarded-host": f"login.{DOMAIN}", "x-forwarded-for": "203.0.113.7"}
    address = f"http://127.0.0.1:{keycloak.port}"
    async with httpx2.AsyncClient(base_url=address, headers=proxied, trust_env=False, timeout=30) as client:
        said = (await client.get(f"/realms/{NAME}/.well-known/openid-configuration")).raise_for_status().json()
        assert said["issuer"] == f"https://login.{DOMAIN}/realms/{NAME}"
        tokens = f"/realms/{NAME}/protocol/openid-connect/token"
        assert (await client.post(tokens, data=form)).status_code == 401
        answer = (await client.post(tokens, data=form | {"client_secret": client_secret})).raise_for_status().json()
        claims = claims_of(answer["access_token"])
        assert "admin" in claims["resource_access"][NAME]["roles"]
        known = form | {"client_secret": client_secret, "username": "editor", "password": "editor"}
        assert (await client.post(tokens, data=known)).status_code == 401
    management = f"http://127.0.0.1:{keycloak.management}"
    async with httpx2.AsyncClient(base_url=management, trust_env=False, timeout=30) as client:
        assert "jvm_memory" in (await client.get("/metrics")).text
    assert keycloak.written() == [], "its root is read-only in a container"


def test_the_image_is_of_the_line_of_versions_that_is_tested() -> None:
    versions = set(re.findall(r"keycloak/keycloak:([\d.]+)@", DOCKERFILE.read_text()))
    assert {one.rpartition(".")[0] for one in versions} == {VERSION.rpartition(".")[0]}
