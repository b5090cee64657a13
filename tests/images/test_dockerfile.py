"""The Dockerfile as it stands, and as developers use it."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from app.development.launcher import Issuer
from app.development.servers import Valkey, free_port
from tests.images.building import ROOT, ToolsMissing, built
from tests.images.container import Container
from tests.missing import missing

pytestmark = [pytest.mark.xdist_group("image"), pytest.mark.timeout(600)]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
WITHIN_S = 60.0


def test_hadolint_finds_nothing() -> None:
    command = [str(Path(sys.executable).with_name("hadolint")), "--no-color", str(DOCKERFILE)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_the_base_is_pinned_by_its_digest() -> None:
    text = DOCKERFILE.read_text()
    assert re.search(r"^ARG BASE=[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}", "installed"}


def test_what_is_ignored_is_all_but_what_an_image_needs() -> None:
    """A folder that is new is in no image until somebody says so."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    named = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.long
async def test_the_development_image_begins_anew_after_a_change(migrated: str, valkey: Valkey, tmp_path: Path) -> None:
    issuer, port = Issuer(tmp_path / "issuer", os.environ), free_port()
    settings = {
        "DATABASE_URL": migrated, "REDIS_URL": valkey.url, "KEYCLOAK_URL": issuer.url, "SIGNING_SECRET": "a developer's own", "PORT": str(port),
        "LOG_FORMAT": "json",
    }  # fmt: skip
    try:
        with built("development") as image, Container(image, tmp_path / "node", settings) as container:
            await asyncio.to_thread(issuer.start)
            await started(container, f"http://127.0.0.1:{port}", times=1)
            module = image.root / "srv" / "app" / "product.py"
            module.write_text(module.read_text() + "\n")
            await started(container, f"http://127.0.0.1:{port}", times=2)
            assert await asyncio.to_thread(container.stop) == 0
    except ToolsMissing as reason:
        missing(reason)
    finally:
        await asyncio.to_thread(issuer.stop)


async def started(container: Container, url: str, times: int) -> None:
    """Waits until the service has begun so often, and is ready."""
    until = time.monotonic() + WITHIN_S
    while container.log().count('"event": "service.started"') < times or not await is_ready(url):
        assert time.monotonic() < until, container.log()
        assert container.is_running(), container.log()
        await asyncio.sleep(0.1)


async def is_ready(url: str) -> bool:
    try:
        async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
            return (await client.get("/readyz")).status_code == 204
    except httpx2.TransportError:
        return False
