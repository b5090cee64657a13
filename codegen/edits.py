"""Machine-applicable fixes: text to insert at a place. Nothing is ever deleted or replaced, so nothing a person wrote is lost.

Edits of one place keep their phase, then their order; equal edits count once, so that several findings may need one header.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

HEADER, IMPORT, OPEN, MEMBER, CLOSE, BODY = range(6)
_BREAKS = "\n\r\x85\u2028\u2029"
_YAML_LINE = re.compile(f"[^{_BREAKS}]*(?:\r\n|[{_BREAKS}])|[^{_BREAKS}]+")
_PROTO_LINE = re.compile("[^\n]*\n|[^\n]+")
END = 1_000_000_000
"""The line of an edit that goes to the end of its file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`line` and `column` count from 1; a file that does not exist is created. Lower phases come first. A place is of
    the source as it was read: edits do not move each other."""

    file: str
    line: int
    column: int
    text: str
    phase: int = MEMBER
    """HEADER to BODY; where blocks of YAML end at one place, the negative column, so that the inner one's text comes
    first."""
    between: str = ""
    """Separates it from other edits of its place that come before."""


def apply(edits: Iterable[Edit], sources: Mapping[str, str]) -> dict[str, str]:
    """The new text of every file that changes; writes nothing. A file whose last line has no end gets one, and new
    lines end as its first line does."""
    by_file: dict[str, dict[Edit, int]] = {}
    for edit in edits:
        known = by_file.setdefault(edit.file, {})
        known.setdefault(edit, len(known))
    return {file: _insert(lines_of(file, sources.get(file, "")), known) for file, known in sorted(by_file.items())}


def lines_of(file: str, text: str) -> list[str]:
    """Lines with their ends, as places count them: those of YAML 1.1, in proto only line feeds."""
    return (_PROTO_LINE if file.endswith(".proto") else _YAML_LINE).findall(text)


def _insert(lines: list[str], edits: dict[Edit, int]) -> str:
    end = next((one for one in ("\r\n", "\r", "\n") if lines and lines[0].endswith(one)), "\n")
    if lines and not lines[-1].endswith(tuple(_BREAKS)):
        lines[-1] += end
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
    """A unified diff of all files; a byte that is no text is a `?`. What goes away and what comes, as `diff -u` writes
    it."""
    parts: list[str] = []
    for file, text in sorted(new.items()):
        before = old.get(file, "").splitlines(keepends=True)
        parts += difflib.unified_diff(before, text.splitlines(keepends=True), file, file)
    return "".join(parts).encode("utf-8", "replace").decode()
