"""Machine-applicable fixes: text to insert at a place. Nothing is ever deleted or replaced, so nothing a person wrote is lost.

Edits of one place keep their phase, then their order; equal edits count once, so that several findings may need one header.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

HEADER, IMPORT, OPEN, MEMBER, CLOSE, BODY = range(6)
END = 1_000_000_000
"""The line of an edit that goes to the end of its file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`line` and `column` count from 1; a file that does not exist is created."""

    file: str
    line: int
    column: int
    text: str
    phase: int = MEMBER


def apply(edits: Iterable[Edit], sources: Mapping[str, str]) -> dict[str, str]:
    """The new text of every file that changes."""
    by_file: dict[str, dict[Edit, int]] = {}
    for edit in edits:
        known = by_file.setdefault(edit.file, {})
        known.setdefault(edit, len(known))
    return {file: _insert(sources.get(file, ""), known) for file, known in sorted(by_file.items())}


def _insert(text: str, edits: dict[Edit, int]) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    ordered = sorted(edits, key=lambda edit: (edit.line, edit.column, edit.phase, edits[edit]))
    tail = [edit.text for edit in ordered if edit.line > len(lines)]
    for edit in reversed([edit for edit in ordered if edit.line <= len(lines)]):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.column - 1] + edit.text + line[edit.column - 1 :]
    return "".join([*lines, *tail])


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """A unified diff of all files."""
    parts: list[str] = []
    for file, text in sorted(new.items()):
        before = old.get(file, "").splitlines(keepends=True)
        parts += difflib.unified_diff(before, text.splitlines(keepends=True), file, file)
    return "".join(parts)
