"""A contract with bytes over HTTP is served for real: bodies, forms, answers and parts of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.media_project import add_media
from tests.node import TSC, install, judge
from tests.workbench import ROOT, tracked


def run(tree: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tree, capture_output=True, text=True, check=False, timeout=180
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_contract_with_bytes_is_served(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    tree = tmp_path / "project"
    for name in tracked(ROOT):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    add_media(tree)
    run(tree, "codegen", "generate")
    run(tree, "mypy", "app", "generated", "tests/contract/media.py")
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    url = new_database(postgres, "media")
    run(tree, "tests.contract.media", str(servers_folder / "media"), url, valkey.url)
