"""`python -m codegen fix`: applies the findings' own edits, round after round, until no finding has one.

Promises: only inserts, so that comments, order and formatting stay; idempotent; the numbers of what is new are issued.
Works on a copy, so that a failure halfway leaves the sources as they were.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen import edits, lock
from codegen.edits import Edit
from codegen.fix import drafts
from codegen.parse.documents import Documents
from codegen.parse.implied import ENVELOPE
from codegen.parse.policy import LOCK
from codegen.pipeline import Loaded, load

MAX_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Fixed:
    """`diff` is what changed; `left` are the findings that need a person."""

    diff: str
    texts: dict[str, str]
    left: Loaded


def fix(specs: Path, *, wants_proto: bool = False) -> Fixed:
    """What would change; nothing is written under `specs`. `wants_proto` gives a contract without proto its messages."""
    with tempfile.TemporaryDirectory(prefix="codegen-fix-") as folder:
        copy = Path(folder) / "specs"
        copied(specs, copy)
        drafts.forget(copy, drafts.committed_lock(specs))
        left = _rounds(copy, wants_proto=wants_proto)
        old, new = texts_of(specs), texts_of(copy)
        changed = {file: text for file, text in new.items() if old.get(file) != text}
        return Fixed(edits.diff(old, changed), changed, left)


def copied(specs: Path, copy: Path) -> None:
    """The folder file by file; what is no file, or leads out of it, is as unreadable in the copy. Waits for no pipe."""
    copy.mkdir()
    for folder, folders, files in os.walk(specs):
        for name in (*folders, *files):
            source = Path(folder, name)
            target = copy / source.relative_to(specs)
            if source.is_symlink():
                target.symlink_to(_link(source, specs))
            elif source.is_dir():
                target.mkdir()
            elif source.is_file():
                shutil.copyfile(source, target)
            else:
                os.mkfifo(target)


def _link(source: Path, specs: Path) -> str:
    """What the link's copy leads to: the same place inside of the folder, or the same one outside."""
    aim = os.path.realpath(source)
    inside = os.path.realpath(specs)
    return os.path.relpath(aim, os.path.realpath(source.parent)) if Path(aim).is_relative_to(inside) else aim


def write(specs: Path, fixed: Fixed) -> None:
    write_texts(specs, fixed.texts)


def write_texts(specs: Path, texts: Mapping[str, str]) -> None:
    """Files are named `specs/…`, whatever the folder is called; through a link that leads out of it nothing is written."""
    for file, text in texts.items():
        path = specs / file.removeprefix("specs/")
        if not _is_inside(path, specs):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))


def _rounds(specs: Path, *, wants_proto: bool) -> Loaded:
    loaded = load(specs, wants_proto=wants_proto)
    for _ in range(MAX_ROUNDS):
        wanted = [edit for finding in loaded.findings for edit in finding.edits]
        if wanted:
            write_texts(specs, edits.apply(wanted, texts_of(specs)) | _beside(wanted, loaded.dialects.documents))
        elif len(loaded.findings) and all(finding.rule == lock.NEW for finding in loaded.findings):
            lock.update(specs / "contract.lock", loaded)
        else:
            break
        loaded = load(specs, wants_proto=wants_proto)
    return loaded


def _beside(wanted: Iterable[Edit], documents: Documents) -> dict[str, str]:
    """What the first proto file of a contract stands on: the frame's messages, and the lock of the numbers."""
    if not documents.is_implied(ENVELOPE) or not any(edit.file.startswith("specs/proto/") for edit in wanted):
        return {}
    return {ENVELOPE: documents.sources[ENVELOPE]} | ({} if documents.has(LOCK) else {LOCK: lock.EMPTY})


def texts_of(specs: Path) -> dict[str, str]:
    """Every file by its name `specs/…`."""
    files = [path for path in sorted(specs.rglob("*")) if path.is_file() and _is_inside(path, specs)]
    return {f"specs/{path.relative_to(specs).as_posix()}": _text(path) for path in files}


def _is_inside(path: Path, specs: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(specs))


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "surrogateescape")
