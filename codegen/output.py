"""Publishing `generated/`: changed files are replaced one by one, stale ones deleted, and nothing else is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from codegen.emit.printer import File

IGNORED = {"__pycache__"}
"""Neither counted as stale nor deleted, unless nothing else is in their folder."""


def changes(root: Path, files: Iterable[File]) -> tuple[list[File], list[Path]]:
    """What differs from the disk: files to write, and paths that nobody makes any more. Reads only."""
    wanted = {file.path: file for file in files}
    stale = [path for path in _present(root) if path.relative_to(root).as_posix() not in wanted]
    return [file for file in wanted.values() if _differs(root / file.path, file.data)], stale


def publish(root: Path, files: Iterable[File]) -> int:
    """Write and delete; answers how many paths changed. Each file appears whole or not at all; all of them together do
    not, so that a run that is cut off is run again. What is equal keeps its time of change. Whatever else stands below
    `root` is deleted."""
    changed, stale = changes(root, files)
    for file in changed:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(file.data)
        os.replace(draft, path)
    for path in stale:
        path.unlink()
    _prune(root)
    return len(changed) + len(stale)


def _present(root: Path) -> list[Path]:
    return [path for path in sorted(root.rglob("*")) if path.is_file() and not IGNORED & set(path.parts)]


def _differs(path: Path, data: bytes) -> bool:
    return not path.is_file() or path.read_bytes() != data


def _prune(root: Path) -> None:
    """Folders that hold no file of ours go, with the byte code in them."""
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if folder.name not in IGNORED and not any(
            path.is_file() and not IGNORED & set(path.parts) for path in folder.rglob("*")
        ):
            shutil.rmtree(folder)
