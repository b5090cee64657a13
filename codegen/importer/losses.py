"""What an import lost or changed: one entry for each, with the place in the original, why, and what to do.

Kept apart from the compiler's findings: a loss stops nothing, but none is left out, however many there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from codegen.diagnostics import Finding, Findings, Place
from codegen.reports import FORMATS, Sources

OPERATION, WIRE_NAME, KEYWORD, PRESENCE, SHAPE, MEMBER, MEDIA, ANSWER, ERROR, SECURITY, DOCUMENT, SOCKET, REFUSED = (
    "I010", "I011", "I012", "I013", "I014", "I015", "I016", "I017", "I018", "I019", "I020", "I021", "I022",
)  # fmt: skip
LOST = frozenset({OPERATION, KEYWORD, MEMBER, REFUSED})
"""The others say what is there and different."""
MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Unarrived:
    """An operation of the original that is not in the contract."""

    label: str
    place: Place
    why: str


@dataclass(slots=True)
class Losses:
    """`total` counts the operations of the originals; `unarrived` are those that the contract does not have."""

    findings: Findings = field(default_factory=lambda: Findings(MOST))
    total: int = 0
    unarrived: list[Unarrived] = field(default_factory=list)
    _counted: dict[tuple[str, str, str], list[Place]] = field(default_factory=dict)

    def add(self, rule: str, place: Place, message: str, do: str) -> None:
        self.findings.add(rule, place, message, fix=do)

    def count(self, rule: str, place: Place, message: str, do: str) -> None:
        """For what stands in very many places and is everywhere the same: one entry, at the first place, with their number."""
        self._counted.setdefault((rule, message, do), []).append(place)

    def settle(self) -> None:
        """Write out what was counted."""
        for (rule, message, do), places in self._counted.items():
            once = sorted(set(places))
            others = f"{len(once) - 1} other place{'s' if len(once) > 2 else ''}"
            more = f" (here and in {others})" if len(once) > 1 else ""
            self.add(rule, once[0], message + more, do)
        self._counted.clear()

    def lose(self, label: str, place: Place, why: str, do: str, rule: str = OPERATION) -> None:
        """An operation is left out."""
        self.unarrived.append(Unarrived(label, place, why))
        self.add(rule, place, f"{label} is left out: {why}", do)

    @property
    def arrived(self) -> int:
        return self.total - len(self.unarrived)

    def render(self, form: str, sources: Sources) -> str:
        """Text and JSON end with, or hold, the counts; the other forms are those of all findings."""
        own: dict[str, Callable[[], str]] = {"text": self._text, "json": lambda: self._json(sources)}
        return own[form]() if form in own else FORMATS[form](self.findings, sources)

    def _text(self) -> str:
        lines = [f"{one.place} {_kind(one)}[{one.rule}] {one.message}\n   = do: {one.fix}\n" for one in self.findings]
        lost = sum(one.rule in LOST for one in self.findings)
        lines.append(f"{lost} lost, {len(self.findings) - lost} changed\n")
        lines.append(f"{self.arrived} of {self.total} operations arrived\n")
        return "".join(lines)

    def _json(self, sources: Sources) -> str:
        plain = json.loads(FORMATS["json"](self.findings, sources))["findings"]
        entries = [{**entry, "severity": _kind(one)} for entry, one in zip(plain, self.findings, strict=True)]
        counts = {"arrived": self.arrived, "total": self.total}
        return json.dumps({"findings": entries, "operations": counts}, indent=1, ensure_ascii=False) + "\n"


def _kind(one: Finding) -> str:
    return "lost" if one.rule in LOST else "changed"
