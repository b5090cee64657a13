"""`python -m codegen fix`: applies the findings' own edits, round after round, until no finding has one.

Promises: only inserts, so that comments, order and formatting stay; idempotent; the numbers of what is new are issued.
Works on a copy, so that a failure halfway leaves the sources as they were.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen import edits, lock
from codegen.pipeline import Loaded, load

MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Fixed:
    """`diff` is what changed; `left` are the findings that need a person."""

    diff: str
    texts: dict[str, str]
    left: Loaded


def fix(specs: Path) -> Fixed:
    """What would change; nothing is written under `specs`."""
    with tempfile.TemporaryDirectory(prefix="stele-fix-") as folder:
        copy = Path(folder) / "specs"
        shutil.copytree(specs, copy)
        left = _rounds(copy)
        old, new = texts_of(specs), texts_of(copy)
        changed = {file: text for file, text in new.items() if old.get(file) != text}
        return Fixed(edits.diff(old, changed), changed, left)


def write(specs: Path, fixed: Fixed) -> None:
    write_texts(specs, fixed.texts)


def write_texts(specs: Path, texts: Mapping[str, str]) -> None:
    """Files are named `specs/…`, whatever the folder is called."""
    for file, text in texts.items():
        path = specs / file.removeprefix("specs/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


def _rounds(specs: Path) -> Loaded:
    loaded = load(specs)
    for _ in range(MAX_ROUNDS):
        wanted = [edit for finding in loaded.findings for edit in finding.edits]
        if wanted:
            write_texts(specs, edits.apply(wanted, texts_of(specs)))
        elif len(loaded.findings) and all(finding.rule == lock.NEW for finding in loaded.findings):
            lock.update(specs / "contract.lock", loaded)
        else:
            break
        loaded = load(specs)
    return loaded


def texts_of(specs: Path) -> dict[str, str]:
    """Every file by its name `specs/…`."""
    files = [path for path in sorted(specs.rglob("*")) if path.is_file()]
    return {f"specs/{path.relative_to(specs).as_posix()}": _text(path) for path in files}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")
