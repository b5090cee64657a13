"""Copies of this tree as repositories of their own, for what makes or changes a whole project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.workbench import COMMITTER, ROOT, tracked


def copy_of_tree(folder: Path) -> Path:
    for name in tracked(ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    commit(folder, "As it is shipped")
    return folder


def commit(folder: Path, message: str) -> None:
    for command in (["add", "-A"], [*COMMITTER, "commit", "-qm", message]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def head(folder: Path) -> str:
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def run(tree: Path, *arguments: str) -> str:
    """What a command of Python's says; nothing where all is well."""
    ended = subprocess.run([sys.executable, "-m", *arguments], cwd=tree, capture_output=True, text=True, check=False)
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr
