"""Without its example a project has what every service has, and no word of the example is left in what runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from codegen.pipeline import load
from codegen.project.example import product_features, take_out_example
from codegen.project.owners import Owner, Owners
from tests.codegen.project.trees import copy_of_tree, run
from tests.workbench import ROOT, tracked

WORDS = re.compile(r"artist(?!i)", re.IGNORECASE)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = copy_of_tree(tmp_path_factory.mktemp("bare"))
    take_out_example(tree)
    return tree


def test_what_is_left_compiles_and_is_typed(bare: Path) -> None:
    assert run(bare, "codegen", "check") == ""
    assert run(bare, "mypy", "app", "generated", "tests/features") == ""


def test_the_contract_is_that_of_the_platform_s_features(bare: Path) -> None:
    assert product_features(ROOT)
    assert product_features(bare) == []
    contract = load(bare / "specs").contract
    assert set(contract.features) == {"audit_log", "auth", "system"}
    assert {one.name for one in contract.operations} >= {"login", "health", "get_audit_logs"}


def test_no_word_of_the_example_is_left(bare: Path) -> None:
    """But in tests of the platform, which have a contract of their own."""
    owners = Owners.read(bare)
    named = [
        name
        for name in tracked(bare)
        if not name.startswith(("tests/", "generated/sdk_typescript/package-lock"))
        and owners.of(name) is Owner.PRODUCT
        and name != "README.md"
        and WORDS.search((bare / name).read_text(errors="replace"))
    ]
    assert named == []


def test_users_stay_and_keep_the_roles_that_there_are(bare: Path) -> None:
    realm = json.loads((bare / "docker" / "keycloak" / "realm.json").read_text())
    declared = {role["name"] for roles in realm["roles"]["client"].values() for role in roles}
    given = {role for user in realm["users"] for roles in user.get("clientRoles", {}).values() for role in roles}
    assert given <= declared == set(load(bare / "specs").dialects.words.roles)
    assert {user["username"] for user in realm["users"]} >= {"admin", "nobody"}


def test_numbers_of_the_example_are_free(bare: Path) -> None:
    assert WORDS.search((bare / "specs" / "contract.lock").read_text()) is None
