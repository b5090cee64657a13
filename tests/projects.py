"""Projects that differ from the one of the tests by a feature: laid out, compiled, and asked in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.workbench import ROOT, tracked


def project_with(add: Callable[[Path], None], folder: Path) -> Path:
    """A copy with what `add` writes; what follows from it is fixed and generated."""
    tree = folder / "project"
    for name in tracked(ROOT):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    add(tree)
    run(tree, "codegen", "fix")
    run(tree, "codegen", "generate")
    return tree


def run(tree: Path, *arguments: str, limit_s: float = 180) -> str:
    """What a module of the project prints; it must end well."""
    ended = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=tree, capture_output=True, text=True, check=False, timeout=limit_s
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout
