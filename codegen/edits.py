"""Machine-applicable fixes: text to insert at a place. Nothing is ever deleted or replaced, so nothing a person wrote is lost.

Edits of one place keep their phase, then their order; equal edits count once, so that several findings may need one header.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

HEADER, IMPORT, OPEN, MEMBER, CLOSE, BODY = range(6)
END = 1_000_000_000
"""The line of an edit that goes to the end of its file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`line` and `column` count from 1; a file that does not exist is created. Lower phases come first."""

    file: str
    line: int
    column: int
    text: str
    phase: int = MEMBER
    between: str = ""
    """Separates it from other edits of its place that come before."""


def apply(edits: Iterable[Edit], sources: Mapping[str, str]) -> dict[str, str]:
    """The new text of every file that changes."""
    by_file: dict[str, dict[Edit, int]] = {}
    for edit in edits:
        known = by_file.setdefault(edit.file, {})
        known.setdefault(edit, len(known))
    return {file: _insert(sources.get(file, ""), known) for file, known in sorted(by_file.items())}


def _insert(text: str, edits: dict[Edit, int]) -> str:
    lines = text.split("\n") if text else [""]
    end = "\r\n" if lines[0].endswith("\r") else "\n"
    lines = [f"{line}\n" for line in lines[:-1]] + ([lines[-1] + end] if lines[-1] else [])
    ordered = sorted(edits, key=lambda edit: (*_place(edit, len(lines)), edit.phase, edits[edit]))
    grouped = [(place, _joined(each)) for place, each in groupby(ordered, lambda edit: _place(edit, len(lines)))]
    tail = ""
    for (number, column), added in reversed(grouped):
        if number > len(lines):
            tail = added.replace("\n", end)
        else:
            line = lines[number - 1]
            lines[number - 1] = line[: column - 1] + added.replace("\n", end) + line[column - 1 :]
    return "".join([*lines, tail])


def _place(edit: Edit, lines: int) -> tuple[int, int]:
    """All that goes behind the last line goes to one place."""
    return (edit.line, edit.column) if edit.line <= lines else (END, 1)


def _joined(edits: Iterable[Edit]) -> str:
    text = ""
    for edit in edits:
        text += (edit.between if text else "") + edit.text
    return text


def diff(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """A unified diff of all files; a byte that is no text is a `?`."""
    parts: list[str] = []
    for file, text in sorted(new.items()):
        before = old.get(file, "").splitlines(keepends=True)
        parts += difflib.unified_diff(before, text.splitlines(keepends=True), file, file)
    return "".join(parts).encode("utf-8", "replace").decode()
