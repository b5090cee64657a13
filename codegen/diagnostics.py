"""Findings of the compiler: where, which rule, what was expected and found at both places, and how to fix it.

All findings of one pass are collected, sorted and printed together; the compiler never stops at the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from itertools import islice

from codegen.edits import Edit


class Refused(Exception):
    """What a command was asked for cannot be done; the text says why, and nothing was written."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a source; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{_one_line(self.file)}:{self.line}:{self.column}"


NOWHERE = Place("", 0, 0)
MAX_SHOWN = 160
"""Characters of a source's line, or of one of its texts."""
MAX_COMPARED, MAX_MISSPELT, NEAR = 500, 3, 0.7
"""How many names a misspelt one is held against, by how many letters they may differ in length, and how like they must be."""
MAX_SAID = 4000
"""Characters of one message, or of one fix."""
MAX_FINDINGS = 5000
"""More are not kept: nobody reads them, and a file of nothing else would take minutes."""
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""The line breaks of YAML 1.1, which count the places."""


def _one_line(text: str) -> str:
    """Names of the contract stand in messages: none of them may look like another line, or turn this one around."""
    text = text if len(text) <= MAX_SAID else text[: MAX_SAID - 1] + "…"
    return text if text.isprintable() else "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def meant(name: str, known: Iterable[str], other: str = "") -> str:
    """A fix that begins with the known name that is nearly this one, if there is any; `other` is what else may be done."""
    likely = [one for one in islice(known, MAX_COMPARED) if abs(len(one) - len(name)) <= MAX_MISSPELT and one != name]
    near = get_close_matches(name, sorted(likely), 1, NEAR) if len(name) <= MAX_SHOWN else []
    hint = f"did you mean {near[0]!r}?" if near else ""
    return f"{hint} Else {other}" if hint and other else hint or other


def is_misspelt(name: str, keys: Iterable[str], known: Iterable[str]) -> bool:
    """Whether the name is missing only because one of the keys, which nobody knows, is nearly it: that key has a finding."""
    return any(meant(key, (name,)) for key in set(keys) - set(known))


def shown(text: str) -> str:
    """A text of the contract inside a message, with an end."""
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    """Is said and counted, and nothing is held up for it."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`message` says what stands at `place`; `contrast` what stands at the other place, if there is one."""

    place: Place
    rule: str
    message: str
    other: Place | None = field(default=None, compare=False)
    contrast: str = ""
    notes: tuple[str, ...] = ()
    """More that a person may want to know, a line each."""
    fix: str = ""
    """What to do, in words; also where no edit can do it."""
    edits: tuple[Edit, ...] = field(default=(), compare=False)
    """What `python -m codegen fix` inserts, where there is one right answer."""
    subject: str = field(default="", compare=False)
    """The name that the finding is about, where a fix must know it apart from others of its place."""
    severity: Severity = field(default=Severity.ERROR, compare=False)


class Findings:
    """The findings of one run, each kept once, in the order of their places; `most` at most. They are its errors, in number and in
    turn; `said` has the warnings too."""

    def __init__(self, most: int = MAX_FINDINGS) -> None:
        self._most = most
        self._items: dict[tuple[Place, str, str], Finding] = {}
        self._messages: dict[tuple[Place, str, str], list[str]] = {}

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
        subject: str = "",
    ) -> None:
        """Once for each rule, place and message: whoever says it first is kept, with its fix. Texts are made one line,
        whatever the contract has in them."""
        if len(self._items) >= self._most:
            return
        elsewhere, contrast = other or (None, "")
        message, contrast, fix = _one_line(message), _one_line(contrast), _one_line(fix)
        notes = tuple(map(_one_line, notes))
        finding = Finding(place, rule, message, elsewhere, contrast, notes, fix, tuple(edits), subject)
        if self._items.setdefault((place, rule, message), finding) is finding:
            self._messages.setdefault((place, rule, subject), []).append(message)

    def warn(self, rule: str, place: Place, message: str, *, fix: str = "") -> None:
        finding = Finding(place, rule, _one_line(message), fix=_one_line(fix), severity=Severity.WARNING)
        if len(self._items) < self._most:
            self._items.setdefault((place, rule, finding.message), finding)

    def harden(self) -> None:
        """Warnings are errors from now on."""
        self._items = {key: replace(one, severity=Severity.ERROR) for key, one in self._items.items()}

    def attach(self, rule: str, place: Place, edits: Iterable[Edit], subject: str = "") -> None:
        """Add edits to the findings of a rule at a place about a subject: a later stage may know the answer. Where
        there is no such finding nothing happens."""
        for message in self._messages.get((place, rule, subject), ()):
            if finding := self._items.get((place, rule, message)):
                self._items[place, rule, message] = replace(finding, edits=(*finding.edits, *edits))

    def drop(self, is_consequence: Callable[[Finding], bool]) -> None:
        """Forget findings that only follow from others."""
        self._items = {key: one for key, one in self._items.items() if not is_consequence(one)}

    def withhold(self, rules: str) -> None:
        """Forget the edits of the rules that begin so."""
        self._items = {
            key: replace(one, edits=()) if one.rule.startswith(rules) else one for key, one in self._items.items()
        }

    def __iter__(self) -> Iterator[Finding]:
        return (one for one in self.said() if one.severity is Severity.ERROR)

    def __len__(self) -> int:
        return sum(one.severity is Severity.ERROR for one in self._items.values())

    def said(self) -> list[Finding]:
        """Errors and warnings, by place."""
        return sorted(self._items.values())

    def render(self, sources: Mapping[str, str]) -> str:
        """`sources` maps a file, as places name it, to its text; excerpts come from there. A file that is not among
        them has no excerpt. Ends with how many there are."""
        said = self.said()
        places = [place for finding in said for place in (finding.place, finding.other) if place]
        lines = {file: _lines(file, sources[file]) for file in {place.file for place in places} if file in sources}
        return "".join([*(_render(finding, lines) for finding in said), _count(len(self), len(said) - len(self))])


def _count(errors: int, warnings: int) -> str:
    named = ((errors, "finding"), (warnings, "warning"))
    counted = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in named if number or noun == "finding"]
    if not errors and warnings:
        return f"{counted[1]}.\n"
    return f"{' and '.join(counted)}; nothing was written.\n"


def _lines(file: str, text: str) -> list[str]:
    """Lines as places count them, without what would turn a terminal's text around."""
    lines = text.split("\n") if file.endswith(".proto") else _BREAK.split(text)
    return ["".join(char if char.isprintable() or char == "\t" else "\ufffd" for char in line) for line in lines]


def _render(finding: Finding, sources: Mapping[str, list[str]]) -> str:
    head = f"{finding.place} {finding.severity}[{finding.rule}] {finding.message}"
    lines = [head + ("," if finding.other else "")]
    lines += _excerpt(finding.place, sources)
    if finding.other:
        lines.append(f"   but {finding.other} {finding.contrast}")
        lines += _excerpt(finding.other, sources)
    lines += [f"   = {note}" for note in finding.notes]
    if finding.fix:
        lines.append(f"   = fix: {finding.fix}")
    return "\n".join(lines) + "\n"


def _excerpt(place: Place, sources: Mapping[str, list[str]]) -> list[str]:
    text = sources.get(place.file, [])
    if not 0 < place.line <= len(text) or text == [""]:
        return []
    number = str(place.line)
    start = max(0, place.column - MAX_SHOWN // 2) if place.column > MAX_SHOWN else 0
    line = text[place.line - 1][start : start + MAX_SHOWN]
    return [f"   {number} | {line}", f"   {' ' * len(number)} | {' ' * (place.column - 1 - start)}^"]
