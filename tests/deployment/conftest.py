"""What `make secrets` writes, once for a session, and the compose file with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docker.credentials import provide
from tests.deployment.composed import DOCKER, Composed, read

DOMAIN = "desk.localhost"


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `.env` and `secrets/`."""
    folder = tmp_path_factory.mktemp("docker")
    provide(folder, "desk", DOMAIN, json.loads((DOCKER / "keycloak" / "realm.json").read_text()))
    return folder


@pytest.fixture(scope="session")
def composed(written: Path) -> Composed:
    return read(written / ".env")
