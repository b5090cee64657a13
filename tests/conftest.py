"""Real servers for tests: PostgreSQL and Valkey per worker, and one running service per worker on top of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.db.database import Database
from app.development.servers import Postgres, Valkey, embedded_postgres, embedded_valkey
from tests import workbench
from tests.databases import TEMPLATE, copied, migrated_database
from tests.faults.echo_process import EchoServer
from tests.running_service import RunningService

collect_ignore = ["project"]
"""What the workbench is made of."""


def pytest_configure(config: pytest.Config) -> None:
    """In the workbench, whose tests write trees: those are typed with what mypy knows of this one, since it goes by the bytes of a source, wherever
    that stands. A copy for each process, since several would write it at once."""
    if "MYPY_CACHE_DIR" in os.environ or not workbench.is_here():
        return
    known, copy = (
        workbench.ROOT / ".mypy_cache",
        workbench.ROOT / ".stele" / "types" / os.environ.get("PYTEST_XDIST_WORKER", "alone"),
    )
    if known.is_dir() and not config.getoption("numprocesses", None):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(known, copy)
        os.environ["MYPY_CACHE_DIR"] = str(copy)


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user can enter as well, which pytest's own cannot be."""
    with tempfile.TemporaryDirectory(prefix="stele-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture(scope="session")
def postgres(servers_folder: Path) -> Iterator[Postgres]:
    with embedded_postgres(servers_folder / "postgres") as server:
        yield server


@pytest.fixture(scope="session")
def valkey(servers_folder: Path) -> Iterator[Valkey]:
    with embedded_valkey(servers_folder / "valkey") as server:
        yield server


@pytest.fixture(scope="session")
def service(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """The whole service as processes: migrated database, issuer, one worker; limits are wide."""
    with RunningService(servers_folder / "service", postgres.url, valkey.url) as running:
        yield running


@pytest.fixture(scope="session")
def echo(servers_folder: Path) -> Iterator[EchoServer]:
    """A small application behind the server as the service runs it."""
    server = EchoServer(servers_folder / "echo")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of its own, with every table: on this session's server, or beside the one that `TEMPLATE` names."""
    if template := os.environ.get(TEMPLATE):
        with copied(template) as url:
            yield url
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        yield migrated_database(postgres, "migrated")


@pytest.fixture
async def database(migrated: str) -> AsyncIterator[Database]:
    opened = Database(migrated, 4)
    yield opened
    await opened.close()
