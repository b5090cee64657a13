"""A contract may have one door: REST without AsyncAPI and proto, or the socket without OpenAPI. Each is served for real here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.one_door import leave_rest, leave_socket
from tests.workbench import ROOT, tracked


def project(folder: Path, kind: str) -> Path:
    for name in tracked(ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (leave_socket if kind == "socket" else leave_rest)(folder)
    return folder


def run(tree: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tree, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.parametrize("kind", ["rest", "rest-protobuf", "socket"])
def test_a_contract_with_one_door_is_served(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path, kind: str
) -> None:
    tree = project(tmp_path / "project", kind)
    if kind == "rest-protobuf":
        assert "rpc GetArtist(" in run(tree, "codegen", "fix")
    run(tree, "codegen", "generate")
    assert (tree / "generated" / "specs" / "asyncapi.json").exists() is (kind == "socket")
    url = new_database(postgres, f"one door {kind}")
    run(tree, "tests.contract.one_door", kind, str(servers_folder / f"one door {kind}"), url, valkey.url)
