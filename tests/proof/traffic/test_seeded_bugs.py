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
        "a reply is dropped",
        "a reply comes twice",
        "a reply has another id",
        "a text one too long is taken",
        "the longest text is refused",
        "NUL reaches the database",
        "zero is taken as an id",
        "unknown members are dropped",
        "null is taken where it may not be",
        "a role is forgotten on one operation",
        "roles are forgotten on one door",
        "a role too many is asked for",
        "a topic is open to all",
        "a known caller is nobody",
        "a bad refresh ends the socket",
        "any page may open a socket",
        "a wrong close code",
        "a bad frame ends the socket as a crash",
        "a bad frame ends the socket",
        "an error that is not declared",
        "every refusal has status 1",
        "a status is text",
        "absent and empty are one in protobuf",
        "a wrong field in protobuf",
        "parts of seconds are lost in protobuf",
        "nothing is answered as an object",
        "a cache is never emptied",
        "nothing is deleted",
        "an update loses a field",
        "a text is trimmed",
        "an event is not published",
        "an event comes twice",
        "an event tells of something else",
        "a topic cannot be left",
        "an unknown format is JSON",
        "a quote fails",
    }
)
"""Those that the scripted session meets; what it does not do (a slow reply, growth, a forged signature) it cannot tell."""
SHORT = frozenset({"an update loses a field"})
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


def test_every_fault_that_is_listed_can_be_planted() -> None:
    assert {one.name for one in BUGS} >= TOLD >= SHORT
    assert SHORT


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
