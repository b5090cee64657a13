"""A contract with bytes over HTTP is served for real: bodies, forms, answers and parts of them."""

from __future__ import annotations

from pathlib import Path

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.media_project import add_media
from tests.node import TSC, install, judge
from tests.projects import project_with, run


def test_a_contract_with_bytes_is_served(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    tree = project_with(add_media, tmp_path)
    run(tree, "mypy", "app", "generated", "tests/contract/media.py")
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    url = new_database(postgres, "media")
    run(tree, "tests.contract.media", str(servers_folder / "media"), url, valkey.url)
