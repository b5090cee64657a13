"""The folder that an import writes: new, empty, what the last import wrote, or moved aside first, so that nothing of a user is lost."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from codegen.diagnostics import Refused
from codegen.project.owners import FILE as OWNERS
from codegen.project.owners import Owner, Owners

MARK = ".import"
"""Lists what an import wrote, with its hashes; the compiler reads no file that begins with a dot."""
HEAD = "# What `python -m codegen import` wrote, with the SHA-256 of each file. It writes again only what nobody has changed since.\n"


def check_target(into: Path, *, force: bool) -> None:
    """Raises Refused where something would be written over."""
    if into.exists() and not into.is_dir():
        raise Refused(f"{into} is no folder; say another one with --into")
    if not force and not is_free(into) and not _is_of_the_platform(into):
        raise Refused(
            f"{into} holds a contract that no import wrote, or that was changed since; say another folder with --into, or --force, which moves it aside"
        )


def is_free(into: Path) -> bool:
    """Whether there is nothing that an import did not write itself."""
    return not into.exists() or not any(into.iterdir()) or _present(into) == _marked(into)


def write(into: Path, files: dict[str, str]) -> Path | None:
    """Writes the folder anew; answers where what was there is now, if a user had changed it."""
    aside = None
    if not is_free(into):
        aside = next(path for path in _asides(into) if not path.exists())
        os.replace(into, aside)
    draft = into.with_name(f".{into.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    for name, text in files.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    lines = [f"{digest} {name}\n" for name, digest in sorted(_present(draft).items())]
    (draft / MARK).write_text(HEAD + "".join(lines), encoding="utf-8")
    shutil.rmtree(into, ignore_errors=True)
    os.replace(draft, into)
    return aside


def _asides(into: Path) -> list[Path]:
    return [into.with_name(f"{into.name}.before-import{number or ''}") for number in ("", *range(2, 10_000))]


def _present(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != MARK]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def _marked(folder: Path) -> dict[str, str]:
    mark = folder / MARK
    if not mark.is_file():
        return {}
    lines = [line.split(" ", 1) for line in mark.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name: digest for digest, name in (line for line in lines if len(line) == 2)}


def _is_of_the_platform(into: Path) -> bool:
    """Whether a project begun without an example has its contract there: nothing of it is the product's but the roots."""
    if not (into.parent / OWNERS).is_file():
        return False
    owners = Owners.read(into.parent)
    names = [path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()]
    return all("/" not in name or owners.of(f"specs/{name}") is Owner.PLATFORM for name in names)
