"""Faults that are planted into the service are told by its own traffic, recorded before they were there."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey, embedded_valkey
from tests.databases import new_database
from tests.proof.bugs import BUGS, Bug, copy_of
from tests.proof.traffic.recording import recording
from tests.proof.traffic.scene import act
from tests.running_service import RunningService

ROOT = Path(__file__).parents[3]
TOLD = frozenset(
    {
        "a reply comes twice",
        "an update loses a field",
        "nothing is deleted",
        "an event is not published",
        "a wrong field in protobuf",
    }
)
SHORT = frozenset({"an update loses a field", "an event is not published"})
LIMIT_S = 120


@pytest.fixture(scope="module")
def traffic(servers_folder: Path, postgres: Postgres) -> Path:
    """The scripted session, as the service without a fault answered it."""
    mark = uuid.uuid4().hex[:8]
    folder = servers_folder / f"scene_{mark}"
    with embedded_valkey(servers_folder / f"scene-valkey_{mark}") as valkey:
        service = RunningService(folder, new_database(postgres, f"scene_{mark}"), valkey.url)
        with service, recording(service.url, folder / "traffic.ndjson") as url:
            asyncio.run(act(url))
    return folder / "traffic.ndjson"


def replayed(tree: Path, name: str, traffic: Path, postgres: Postgres, valkey: Valkey) -> dict[str, Any]:
    """The report of the service in the tree."""
    report = tree / "report.json"
    url = new_database(postgres, f"replay_{abs(hash(name))}")
    words = [str(tree / ".trial"), url, valkey.url, str(traffic), str(report)]
    command = [sys.executable, "-m", "tests.proof.traffic.trial", *words]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    assert report.is_file(), ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    assert ended.returncode == bool(found["differences"]), ended.stdout
    return found


def assert_told(bug: Bug, tmp_path: Path, traffic: Path, postgres: Postgres, valkey: Valkey) -> None:
    tree = copy_of(ROOT, tmp_path / "tree")
    bug.plant(tree)
    found = replayed(tree, bug.name, traffic, postgres, valkey)
    assert found["differences"], found["played"]


@pytest.mark.timeout(LIMIT_S * 3)
@pytest.mark.parametrize("bug", [one for one in BUGS if one.name in SHORT], ids=lambda one: one.name)
def test_a_planted_fault_is_told(bug: Bug, tmp_path: Path, traffic: Path, postgres: Postgres, valkey: Valkey) -> None:
    assert_told(bug, tmp_path, traffic, postgres, valkey)


@pytest.mark.long
@pytest.mark.timeout(LIMIT_S * 3)
@pytest.mark.parametrize("bug", [one for one in BUGS if one.name in TOLD - SHORT], ids=lambda one: one.name)
def test_every_planted_fault_that_the_session_meets_is_told(
    bug: Bug, tmp_path: Path, traffic: Path, postgres: Postgres, valkey: Valkey
) -> None:
    assert_told(bug, tmp_path, traffic, postgres, valkey)
