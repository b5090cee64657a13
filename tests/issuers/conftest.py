"""One issuer of each kind for a whole session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.development.keycloak import LATER, VERSION
from app.development.servers import Postgres, Valkey
from tests.issuers.stage import Stage, staged

LATER_KEYCLOAK = pytest.param(f"keycloak {LATER}", marks=pytest.mark.long)


@pytest.fixture(scope="session", params=["development", f"keycloak {VERSION}", LATER_KEYCLOAK])
def stage(request: pytest.FixtureRequest, servers_folder: Path, postgres: Postgres, valkey: Valkey) -> Iterator[Stage]:
    with staged(request.param, servers_folder / request.param.replace(" ", "-"), postgres, valkey) as ready:
        yield ready
