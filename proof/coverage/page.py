"""Coverage as one HTML page that stands alone: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mako.template import Template

from codegen.ir.operations import Contract, Operation
from proof.coverage.coverage import Coverage, word
from proof.coverage.facts import ANSWER, BROKEN, CALLER, DOORS, KEPT, KEYWORD, MESSAGE, STATUS, Fact
from proof.coverage.goals import CLOSES, DIMENSIONS, MESSAGES, Goal
from proof.coverage.report import percent, share

TEMPLATE = Path(__file__).parent / "page.html.mako"
ENCODINGS = ("json", "protobuf")
SEEN, UNSEEN, DUE, NONE = "seen", "unseen", "due", "none"
"""States of a cell; none is what the contract does not have."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name and the state of each of its cells."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One operation: whether it succeeds at each door, and all else of it that can be seen."""

    name: str
    summary: str
    doors: tuple[str, ...]
    share: str
    percent: int
    codes: list[Row]
    statuses: list[Row]
    callers: list[Row]
    keywords: list[Row]
    due: list[str]


def page(contract: Contract, coverage: Coverage) -> str:
    template = Template(filename=str(TEMPLATE), default_filters=["h"], strict_undefined=True)
    of = _Cells(coverage)
    return str(
        template.render(
            title=contract.info.title,
            version=contract.info.version,
            tiles=[(name, DIMENSIONS[name], *count, percent(*count)) for name, count in coverage.by_dimension.items()],
            due=[f"{one.subject}: {word(one)}" for one in coverage.due],
            total=share(*coverage.counted()),
            doors=DOORS,
            encodings=ENCODINGS,
            operations=[of.section(one) for one in contract.operations],
            messages=of.rows(MESSAGES, [(MESSAGE, encoding) for encoding in ENCODINGS]),
            closes=[Row(one.subject, (of.state(one),)) for one in coverage.goals if one.dimension == CLOSES],
        )
    )


class _Cells:
    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._goals = {one.fact: one for one in coverage.goals}

    def state(self, goal: Goal | None) -> str:
        if goal is None:
            return NONE
        return SEEN if self._coverage.has(goal) else DUE if goal.is_due else UNSEEN

    def rows(self, dimension: str, kinds: Sequence[tuple[str, str]]) -> list[Row]:
        names = dict.fromkeys(one.subject for one in self._coverage.goals if one.dimension == dimension)
        return [Row(name, self.cells((kind, name, last) for kind, last in kinds)) for name in names]

    def cells(self, facts: Iterable[Fact]) -> tuple[str, ...]:
        return tuple(self.state(self._goals.get(fact)) for fact in facts)

    def section(self, operation: Operation) -> Section:
        name = operation.name
        mine = [one for one in self._coverage.goals if one.subject == name]
        seen, of = self._coverage.counted(subject=name)
        codes = dict.fromkeys(one.fact[3] for one in mine if one.fact[0] == ANSWER and one.fact[3] != "ok")
        callers = dict.fromkeys(one.fact[3] for one in mine if one.fact[0] == CALLER)
        places = dict.fromkeys(one.fact[2:4] for one in mine if one.fact[0] == KEYWORD)
        return Section(
            name=name,
            summary=operation.summary,
            doors=self.cells((ANSWER, name, door, "ok") for door in DOORS),
            share=share(seen, of),
            percent=100 * seen // of if of else 0,
            codes=[Row(code, self.cells((ANSWER, name, door, code) for door in DOORS)) for code in codes],
            statuses=[Row(one.fact[2], (self.state(one),)) for one in mine if one.fact[0] == STATUS],
            callers=[Row(who, self.cells((CALLER, name, kind, who) for kind in ("REST", "WS"))) for who in callers],
            keywords=[
                Row(
                    f"{place or '/'} {keyword}",
                    self.cells((KEYWORD, name, place, keyword, one) for one in (KEPT, BROKEN)),
                )
                for place, keyword in places
            ],
            due=[word(one) for one in self._coverage.due if one.subject == name],
        )
