"""A contract with bytes over HTTP is served for real: bodies, forms, answers and parts of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.media_project import add_media
from tests.node import TSC, install, judge
from tests.projects import project_with, run

LONG_S = 900


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project whose contract has bytes."""
    return project_with(add_media, tmp_path)


@pytest.mark.timeout(LONG_S)
def test_a_contract_with_bytes_is_served(postgres: Postgres, valkey: Valkey, servers_folder: Path, tree: Path) -> None:
    run(tree, "mypy", "app", "generated", "tests/contract/media.py")
    typed = judge(install(), TSC, "-p", tree / "generated" / "sdk_typescript", "--noEmit")
    assert typed.accepted, typed.text
    url = new_database(postgres, "media")
    run(tree, "tests.contract.media", str(servers_folder / "media"), url, valkey.url)


@pytest.mark.long
@pytest.mark.timeout(LONG_S)
@pytest.mark.survives("I01", "I11")
def test_what_the_document_says_of_bytes_is_true(
    postgres: Postgres, valkey: Valkey, servers_folder: Path, tree: Path
) -> None:
    """I01, I11: drawn bodies of bytes, forms, ranges and conditions, valid and not, are taken and refused as the document says."""
    url = new_database(postgres, "media_fuzz")
    run(tree, "tests.contract.fuzz", str(servers_folder / "media-fuzz"), url, valkey.url, limit_s=LONG_S)
