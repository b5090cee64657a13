"""A contract with streams is served for real: at both doors, in each encoding, and walked by both clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.node import TSC, install, judge
from tests.projects import project_with, run
from tests.streams_project import add_streams

LONG_S = 900


@pytest.mark.timeout(LONG_S)
def test_a_contract_with_streams_is_served(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    tree = project_with(add_streams, tmp_path)
    parts = ("streams", "streams_moving", "streams_attacks")
    run(tree, "mypy", "app", "generated", *(f"tests/contract/{part}.py" for part in parts))
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    run(tree, "tests.contract.streams_moving")
    for part in ("streams", "streams_attacks"):
        run(tree, f"tests.contract.{part}", str(servers_folder / part), new_database(postgres, part), valkey.url)
