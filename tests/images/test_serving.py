"""The production image with production's settings, real servers and an issuer behind TLS, on a root that is read-only."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.development.launcher import Issuer
from app.development.realm import REALM_FILE
from app.development.servers import Postgres, Valkey, free_port
from tests.databases import new_database
from tests.faults.tls import TlsFront, issue
from tests.images.building import Image
from tests.images.container import Container

pytestmark = [pytest.mark.xdist_group("image"), pytest.mark.timeout(600)]
READY_S = 60.0
NO_CAPABILITY = "0000000000000000"
WRITING = """
import os
found = [os.path.join(place, name) for top in ('/opt', '/srv', '/usr', '/etc', '/var') for place, folders, files in os.walk(top)
         for name in [*folders, *files] if os.access(os.path.join(place, name), os.W_OK)]
for place in ('/srv/x', '/opt/venv/x', '/x'):
    try:
        open(place, 'w')
    except OSError:
        continue
    found.append(place)
open('/tmp/x', 'w')
print(os.getuid(), os.getgid(), found)
"""


@dataclass
class Laid:
    """What a production node needs, and a container of it that has not begun."""

    container: Container
    settings: dict[str, str]
    url: str

    async def answers(self, path: str, status: int) -> None:
        """Waits until it does, while the container runs."""
        until = time.monotonic() + READY_S
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False) as client:
            while await _status(client, path) != status:
                assert self.container.is_running(), self.container.log()
                assert time.monotonic() < until, self.container.log()
                await asyncio.sleep(0.1)

    async def makes(self, name: str) -> str:
        """The name of an artist that an editor has made here, as it is read after that."""
        async with httpx2.AsyncClient(base_url=self.url, trust_env=False, timeout=30) as client:
            login = await client.post("/auth/login", json={"username": "editor", "password": "editor"})
            headers = {"authorization": f"Bearer {login.raise_for_status().json()['access_token']}"}
            made = await client.post("/api/artists", json={"name": name}, headers=headers)
            address = made.raise_for_status().headers["location"]
            return str((await client.get(address, headers=headers)).raise_for_status().json()["name"])


async def _status(client: httpx2.AsyncClient, path: str) -> int:
    try:
        return (await client.get(path)).status_code
    except httpx2.TransportError:
        return 0


@pytest.fixture
async def laid(
    image: Image, postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> AsyncIterator[Laid]:
    """With a database of its own, which has no table yet."""
    certificates = await asyncio.to_thread(issue, tmp_path / "tls")
    realm = tmp_path / "realm.json"
    issuer = Issuer(tmp_path / "issuer", os.environ, "--realm", str(realm))
    async with TlsFront(issuer.port, certificates, is_postgres=False) as front:
        public = f"https://127.0.0.1:{front.port}"
        realm.write_text(json.dumps(json.loads(REALM_FILE.read_text()) | {"attributes": {"frontendUrl": public}}))
        port, settings = free_port(), dict[str, str]()
        container = Container(image, tmp_path / "node", settings)
        database = await asyncio.to_thread(new_database, postgres, tmp_path.name)
        settings |= {
            "PORT": str(port), "WORKERS": "2", "TLS": "proxy", "TRUSTED_HOSTS": "api.example.com,127.0.0.1",
            "KEYCLOAK_URL": public, "REDIS_URL": valkey.url, "ADMIN_PORT": str(free_port()),
            "DATABASE_URL_FILE": container.keep("database", database),
            "SIGNING_SECRET_FILE": container.keep("signing", secrets.token_hex(32)),
            "SSL_CERT_FILE": container.keep("authority.pem", certificates.authority.read_text()),
        }  # fmt: skip
        await asyncio.to_thread(issuer.start)
        try:
            yield Laid(container, settings, f"http://127.0.0.1:{port}")
        finally:
            await asyncio.to_thread(issuer.stop)


def health(image: Image) -> list[str]:
    """The command of the image's HEALTHCHECK, which no shell reads."""
    kind, *command = image.config["Healthcheck"]["Test"]
    assert kind == "CMD"
    return list(command)


async def test_it_migrates_serves_and_ends_on_a_root_that_is_read_only(image: Image, laid: Laid) -> None:
    """As process 1, as a user without name and capabilities, with secrets from files. The signal that the image names ends it with 0."""
    migrated = await asyncio.to_thread(laid.container.run, *image.config["Entrypoint"], "migrate")
    assert migrated.returncode == 0, migrated.stderr
    with laid.container as container:
        await laid.answers("/readyz", 204)
        assert await laid.makes("In an image") == "In an image"
        checked = await asyncio.to_thread(container.run, *health(image))
        assert (checked.returncode, checked.stderr) == (0, "")
        facts = dict(line.split(":\t", 1) for line in Path(f"/proc/{container.pid}/status").read_text().splitlines())
        assert facts["NSpid"].split()[-1] == "1"
        assert {*facts["Uid"].split()} == {*facts["Gid"].split()} == {str(65532)}
        assert facts["CapEff"] == facts["CapBnd"] == NO_CAPABILITY
        code = await asyncio.to_thread(container.stop)
    assert code == 0, container.log()
    assert "Traceback" not in container.log()


async def test_its_health_check_fails_where_nothing_serves(image: Image, laid: Laid) -> None:
    checked = await asyncio.to_thread(laid.container.run, *health(image))
    assert checked.returncode == 1


async def test_without_settings_it_ends_with_78(image: Image, tmp_path: Path) -> None:
    """Production is what nobody has set."""
    ended = Container(image, tmp_path, {}).run(*image.config["Entrypoint"], *image.config["Cmd"])
    assert ended.returncode == 78
    assert "DATABASE_URL: " in ended.stderr


async def test_its_user_can_write_to_tmp_and_nothing_else(image: Image, tmp_path: Path) -> None:
    """Also where the root is writable: no file outside of the places that are everybody's is this user's."""
    ended = Container(image, tmp_path, {}).run("python", "-c", WRITING)
    assert ended.stdout == "65532 65532 []\n", ended.stderr
    writable = [
        path.relative_to(image.root)
        for top in ("opt", "srv", "usr", "etc")
        for path in (image.root / top).rglob("*")
        if not path.is_symlink()
        and (path.lstat().st_mode & 0o022 or path.lstat().st_uid or path.lstat().st_gid == 65532)
    ]
    assert writable == []
