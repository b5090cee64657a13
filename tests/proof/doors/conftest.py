"""One stage for all that compare the doors of services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.development.servers import Postgres
from tests.proof.doors.stage import Stage, stage


@pytest.fixture(scope="session")
def on(servers_folder: Path, postgres: Postgres) -> Iterator[Stage]:
    with stage(servers_folder, postgres) as found:
        yield found
