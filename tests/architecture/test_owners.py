"""Every tracked file has one owner, `.owners` says it, and the platform's files name nothing of the product's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from codegen.project.owners import Owner, Owners

ROOT = Path(__file__).parents[2]
OWN_TEXTS = {"CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
"""What Stele says of itself, and a product of itself."""


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return listed.splitlines()


def test_no_pattern_says_nothing() -> None:
    """A file that was moved takes its line with it; only what a product makes for itself may not be there yet."""
    empty = {"app/migrations/versions/", "tests/features/", *OWN_TEXTS}
    assert set(Owners.read(ROOT).unused(tracked())) <= empty


def test_a_team_owns_its_contract_its_features_its_steps_and_its_tests() -> None:
    owners = Owners.read(ROOT)
    product = {name for name in tracked() if owners.of(name) is Owner.PRODUCT}
    rooms = {"specs", "generated", "app/features", "app/migrations/versions", "tests/features"}
    files = {"README.md", "app/product.py", "docker/keycloak/realm.json"}
    assert {
        name
        for name in product
        if name not in files | OWN_TEXTS and not any(name.startswith(f"{room}/") for room in rooms)
    } == set()
    assert files <= product


def test_the_platform_imports_no_feature_of_the_product() -> None:
    owners = Owners.read(ROOT)
    own = {
        path.name
        for path in (ROOT / "app" / "features").iterdir()
        if path.is_dir() and owners.of(f"app/features/{path.name}/handler.py") is Owner.PRODUCT
    }
    platform = [
        name
        for name in tracked()
        if name.startswith(("app/", "codegen/")) and name.endswith(".py") and owners.of(name) is Owner.PLATFORM
    ]
    texts = {name: (ROOT / name).read_text() for name in platform}
    assert {name: feature for name, text in texts.items() for feature in own if f"app.features.{feature}" in text} == {}
