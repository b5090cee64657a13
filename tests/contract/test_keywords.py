"""Every keyword in every position: one verdict at four doors, in both clients, and in the served documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.keywords_project import add_keywords
from tests.node import TSC, install, judge
from tests.projects import project_with, run


@pytest.mark.timeout(900)
def test_every_keyword_has_one_verdict_in_every_position(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tmp_path: Path
) -> None:
    """Path, query, header, member, item, value of a map, arm of a union, answer and event."""
    tree = project_with(add_keywords, tmp_path)
    run(tree, "mypy", "app", "generated", "tests/contract/keywords.py")
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    url = new_database(postgres, "keywords")
    run(tree, "tests.contract.keywords", str(servers_folder / "keywords"), url, valkey.url)
