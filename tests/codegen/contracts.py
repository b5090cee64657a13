"""Contracts for tests: the shipped one and those of `cases/`, whole or with an edit."""

from __future__ import annotations

import shutil
from functools import lru_cache
from pathlib import Path

from codegen.ir.operations import Contract
from codegen.pipeline import Loaded, build, load

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "specs"
CASES = Path(__file__).parent / "cases"
CORPUS = Path(__file__).parent / "corpus"


@lru_cache(maxsize=1)
def shipped() -> Contract:
    return load(SHIPPED).contract


@lru_cache(maxsize=1)
def shipped_files() -> dict[str, str]:
    """The text of every file that the shipped contract becomes."""
    return {file.path: file.data.decode() for file in build(shipped())}


def compose(case: str, folder: Path, among: Path = CASES) -> Path:
    """A case's `specs/` over those that every case stands on, and over those of the case that its file `over` names, which may have one itself.

    The files that its file `without` lists are taken away first.
    """
    specs = folder / "specs"
    shutil.copytree(CASES / "base" / "specs", specs)
    without = among / case / "without"
    for name in without.read_text().split() if without.exists() else ():
        (specs / name).unlink()
    layers = [case]
    while (over := among / layers[-1] / "over").exists():
        layers.append(over.read_text().strip())
    for layer in reversed(layers):
        shutil.copytree(among / layer / "specs", specs, dirs_exist_ok=True)
    return specs


def contract_of(case: str, folder: Path) -> Contract:
    loaded = load(compose(case, folder))
    assert not len(loaded.findings), loaded.report()
    return loaded.contract


def edited(folder: Path, *edits: tuple[str, str, str], case: str | None = None) -> Loaded:
    """The shipped contract, or a case, after each (file, old, new); an old text of `` appends."""
    specs = folder / "specs"
    if case is not None:
        compose(case, folder)
    else:
        shutil.copytree(SHIPPED, specs)
    for file, old, new in edits:
        path = specs / file
        text = path.read_text() if path.exists() else ""
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1) if old else text + new)
    return load(specs)


def rules(loaded: Loaded) -> set[str]:
    return {finding.rule for finding in loaded.findings}
