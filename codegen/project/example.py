"""Takes the example out of a new project: its features, the words that only they use, their users' roles, steps and tests.

What is left serves health, login and the audit log. It is for a project that nobody has worked in yet: numbers that the
example had are free, since no client knows them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from codegen import lock, output
from codegen.pipeline import build, load
from codegen.project.owners import Owner, Owners
from codegen.remove.remove import newly_unused, remove

REALM = Path("docker", "keycloak", "realm.json")


def take_out_example(root: Path) -> None:
    """In place, and not undone where it fails: for a copy. Raises Refused where the example is not as it was shipped."""
    specs = root / "specs"
    before = load(specs).contract
    for feature in product_features(root):
        remove(specs, root / "app" / "features", feature=feature)
    unused = list(newly_unused(before, load(specs).contract))
    for _, file, word in unused:
        _strike(root / file, word)
    _free_numbers(specs)
    _without_roles(root / REALM, {word for noun, _, word in unused if noun == "role"})
    _strike_line(specs / "openapi.yaml", "  summary:")
    for folder in ("app/migrations/versions", "tests/features"):
        _empty(root, folder)
    output.publish(root / "generated", build(load(specs).contract))


def product_features(root: Path) -> list[str]:
    """By the folders that are there, not by the contract; in the order of their names."""
    owners = Owners.read(root)
    folders = (path.name for path in (root / "app" / "features").iterdir() if path.is_dir())
    return sorted(
        name
        for name in folders
        if name != "__pycache__" and owners.of(f"app/features/{name}/handler.py") is Owner.PRODUCT
    )


def _strike(file: Path, word: str) -> None:
    """The line of a vocabulary that declares a word, and the heading with its last one."""
    line = rf"^  (['\"]?){re.escape(word)}\1:.*\n"
    text = re.sub(line, "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    file.write_text(re.sub(r"\n\w+:\n(?![ \w#\n])", "", text), encoding="utf-8")


def _free_numbers(specs: Path) -> None:
    path = specs / "contract.lock"
    path.write_text("pkg_ids: {}\nfields: {}\n", encoding="utf-8")
    lock.update(path, load(specs))


def _without_roles(path: Path, roles: set[str]) -> None:
    realm: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    clients = realm["roles"]["client"]
    for client, known in clients.items():
        clients[client] = [role for role in known if role["name"] not in roles]
    for user in realm["users"]:
        for client, given in user.get("clientRoles", {}).items():
            user["clientRoles"][client] = [role for role in given if role not in roles]
    path.write_text(json.dumps(realm, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _strike_line(file: Path, beginning: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(beginning)), encoding="utf-8")


def _empty(root: Path, folder: str) -> None:
    """Of what is the product's."""
    owners = Owners.read(root)
    for path in (root / folder).rglob("*.py"):
        if owners.of(path.relative_to(root).as_posix()) is Owner.PRODUCT:
            path.unlink()
