"""A contract whose names in JSON are of every kind is served for real, at all four doors and to both clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.node import TSC, install, judge
from tests.parcels_project import add_parcels
from tests.projects import project_with, run


@pytest.mark.timeout(900)
def test_a_contract_with_names_of_every_kind_is_served(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    tree = project_with(add_parcels, tmp_path)
    run(tree, "mypy", "app", "generated", "tests/contract/parcels.py")
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    url = new_database(postgres, "parcels")
    run(tree, "tests.contract.parcels", str(servers_folder / "parcels"), url, valkey.url)
