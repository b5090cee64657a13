"""The profile of a worker under load is of our own functions; whoever may not read a process is told so."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.load.bench import UNLIMITED
from tests.load.profile import NotRecorded, record
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def loaded(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[tuple[RunningService, str]]:
    """With its database, whose artists may go."""
    name = f"profile_{uuid.uuid4().hex[:12]}"
    url = new_database(postgres, name)
    with RunningService(servers_folder / name, url, valkey.url, RATE_LIMIT_SCALE=UNLIMITED) as service:
        yield service, url


def _may_read_processes() -> bool:
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    return sys.platform == "linux" and (os.geteuid() == 0 or not scope.exists() or scope.read_text().strip() == "0")


@pytest.mark.skipif(not _may_read_processes(), reason="needs ptrace")
async def test_the_profile_names_the_pipeline_and_the_feature(
    loaded: tuple[RunningService, str], tmp_path: Path
) -> None:
    file = tmp_path / "profiles" / "worker.svg"
    await record(*loaded, seconds=2, into=file)
    picture = file.read_text()
    assert picture.startswith("<?xml")
    for function in (
        "Runner.run (app/execution/runner.py",
        "ArtistRepository.page (app/features/artists/repository.py",
    ):
        assert function in picture


async def test_without_a_profile_it_is_said_why(loaded: tuple[RunningService, str], tmp_path: Path) -> None:
    folder = tmp_path / "taken.svg"
    folder.mkdir()
    with pytest.raises(NotRecorded, match="ptrace_scope"):
        await record(*loaded, seconds=1, into=folder)
