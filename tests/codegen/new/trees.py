"""A copy of the service for what writes into it, and the commands on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from codegen.__main__ import main
from tests.codegen.contracts import ROOT

PARTS = ("specs", "app", "generated", "tests/features")


def copy_of_service(folder: Path) -> Path:
    for name in PARTS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


def run(tree: Path, *arguments: str) -> int:
    return main(["--specs", str(tree / "specs"), "--out", str(tree / "generated"), *arguments])


def new(tree: Path, **wanted: str | bool) -> int:
    """`make new` as its recipe gives the words on."""
    said = [
        part
        for name, value in wanted.items()
        for part in ([f"--{name}"] if value is True else [f"--{name}", str(value)])
    ]
    return run(tree, "new", "--features", str(tree / "app" / "features"), *said)


def texts(folder: Path) -> dict[Path, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder): path.read_bytes() for path in found}


def mypy(tree: Path, *targets: str) -> str:
    """What mypy finds; nothing where all is well."""
    command = [sys.executable, "-m", "mypy", "--config-file", str(tree / "pyproject.toml"), *targets]
    typed = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return "" if typed.returncode == 0 else typed.stdout
