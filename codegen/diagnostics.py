"""Findings of the compiler: where, which rule, what was expected and found at both places, and how to fix it.

All findings of one pass are collected, sorted and printed together; the compiler never stops at the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from codegen.edits import Edit


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a source; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`message` says what stands at `place`; `contrast` what stands at the other place, if there is one."""

    place: Place
    rule: str
    message: str
    other: Place | None = field(default=None, compare=False)
    contrast: str = ""
    notes: tuple[str, ...] = ()
    fix: str = ""
    edits: tuple[Edit, ...] = field(default=(), compare=False)
    """What `python -m codegen fix` inserts, where there is one right answer."""


class Findings:
    """The findings of one run, each kept once."""

    def __init__(self) -> None:
        self._items: dict[tuple[Place, str, str], Finding] = {}

    def add(
        self,
        rule: str,
        place: Place,
        message: str,
        *,
        other: tuple[Place, str] | None = None,
        notes: tuple[str, ...] = (),
        fix: str = "",
        edits: Iterable[Edit] = (),
    ) -> None:
        elsewhere, contrast = other or (None, "")
        finding = Finding(place, rule, message, elsewhere, contrast, notes, fix, tuple(edits))
        self._items.setdefault((place, rule, message), finding)

    def attach(self, rule: str, place: Place, edits: Iterable[Edit]) -> None:
        """Add edits to the findings of a rule at a place: a later stage may know the answer."""
        for key, finding in self._items.items():
            if key[:2] == (place, rule):
                self._items[key] = replace(finding, edits=(*finding.edits, *edits))

    def drop(self, is_consequence: Callable[[Finding], bool]) -> None:
        """Forget findings that only follow from others."""
        self._items = {key: one for key, one in self._items.items() if not is_consequence(one)}

    def withhold(self, rules: str) -> None:
        """Forget the edits of the rules that begin so."""
        self._items = {
            key: replace(one, edits=()) if one.rule.startswith(rules) else one for key, one in self._items.items()
        }

    def __iter__(self) -> Iterator[Finding]:
        return iter(sorted(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def render(self, sources: Mapping[str, str]) -> str:
        """`sources` maps a file, as places name it, to its text; excerpts come from there."""
        blocks = [_render(finding, sources) for finding in self]
        noun = "finding" if len(blocks) == 1 else "findings"
        return "".join([*blocks, f"{len(blocks)} {noun}; nothing was written.\n"])


def _render(finding: Finding, sources: Mapping[str, str]) -> str:
    head = f"{finding.place} error[{finding.rule}] {finding.message}"
    lines = [head + ("," if finding.other else "")]
    lines += _excerpt(finding.place, sources)
    if finding.other:
        lines.append(f"   but {finding.other} {finding.contrast}")
        lines += _excerpt(finding.other, sources)
    lines += [f"   = {note}" for note in finding.notes]
    if finding.fix:
        lines.append(f"   = fix: {finding.fix}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, sources: Mapping[str, str]) -> list[str]:
    text = sources.get(place.file, "").splitlines()
    if not 0 < place.line <= len(text):
        return []
    number = str(place.line)
    line = text[place.line - 1][:160]
    return [f"   {number} | {line}", f"   {' ' * len(number)} | {' ' * (place.column - 1)}^"]
