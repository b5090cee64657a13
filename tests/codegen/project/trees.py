"""A copy of this tree as a repository of its own, for what changes a whole project."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.workbench import COMMITTER, ROOT, tracked


def copy_of_tree(folder: Path) -> Path:
    for name in tracked(ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for command in (["init", "-q"], ["add", "-A"], [*COMMITTER, "commit", "-qm", "As it is shipped"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder
