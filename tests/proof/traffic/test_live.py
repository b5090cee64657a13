"""Traffic of the service plays again without a difference against a fresh database of the same build."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.development.servers import Postgres, embedded_valkey
from tests.databases import new_database
from tests.proof.traffic.recording import recording, replay
from tests.proof.traffic.scene import act
from tests.running_service import RunningService

FUZZ = (
    "--seconds",
    "5",
    "--seed",
    "3",
    "--plan",
    "payloads",
    "--plan",
    "story",
    "--plan",
    "topics",
    "--plan",
    "events",
    "--plan",
    "credentials",
)


@pytest.fixture
def twins(servers_folder: Path, postgres: Postgres) -> Iterator[tuple[RunningService, RunningService]]:
    """Two services of this build with nothing in their databases, behind one issuer."""
    mark = uuid.uuid4().hex[:8]
    with ExitStack() as stack:
        services: list[RunningService] = []
        for number in range(2):
            valkey = stack.enter_context(embedded_valkey(servers_folder / f"twin-valkey{number}_{mark}"))
            database, folder = new_database(postgres, f"twin{number}_{mark}"), servers_folder / f"twin{number}_{mark}"
            if services:
                service = RunningService(folder, database, valkey.url, KEYCLOAK_URL=services[0].issuer.url)
            else:
                service = RunningService(folder, database, valkey.url)
            services.append(stack.enter_context(service))
        yield services[0], services[1]


def proof(*words: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "proof", *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.timeout(300)
def test_what_was_recorded_plays_again_without_a_difference(
    twins: tuple[RunningService, RunningService], tmp_path: Path
) -> None:
    """A scripted session, and some seconds of the fuzzer and of the doors' cases; no secret of it is in the file."""
    first, second = twins
    file = tmp_path / "traffic.ndjson"
    with recording(first.url, file) as url:
        secrets = asyncio.run(act(url))
        proof("ws", "--url", url, "--asyncapi", f"{first.url}/asyncapi.json", "--out", str(tmp_path / "found"), *FUZZ)
        proof("doors", "--url", url, "--cases", "100", "--seed", "1")
    text = file.read_text()
    assert [one for one in secrets.splitlines() if one in text] == []
    ended = replay(second.url, file, "--junit", str(tmp_path / "junit.xml"), "--json", str(tmp_path / "report.json"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for name in (
        "create_artist",
        "get_artist",
        "update_artist",
        "delete_artist",
        "refresh",
        "logout",
        "create_ws_ticket",
    ):
        assert f"\n{name} " in ended.stdout, ended.stdout
