"""Goals beside facts: what was seen of a contract, by dimension and by subject, and what is due and was not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from proof.coverage.facts import ANSWER, EVENT, Fact
from proof.coverage.goals import DIMENSIONS, Goal
from proof.documents import DocumentError

HEARD = "heard"
Ledger = Mapping[str, list[str]]
"""For each subject what is due of it and was seen, as `word` says it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    goals: tuple[Goal, ...]
    facts: frozenset[Fact]

    def has(self, goal: Goal) -> bool:
        return goal.fact in self.facts

    def counted(self, *, dimension: str = "", subject: str = "") -> tuple[int, int]:
        """How many were seen, of how many."""
        found = [
            self.has(one)
            for one in self.goals
            if (not dimension or one.dimension == dimension) and (not subject or one.subject == subject)
        ]
        return sum(found), len(found)

    @property
    def by_dimension(self) -> dict[str, tuple[int, int]]:
        return {name: self.counted(dimension=name) for name in DIMENSIONS}

    @property
    def due(self) -> list[Goal]:
        """What is due and was not seen."""
        return [one for one in self.goals if one.is_due and not self.has(one)]

    @property
    def ledger(self) -> dict[str, list[str]]:
        out: dict[str, list[str]] = {}
        for one in self.goals:
            if one.is_due and self.has(one):
                out.setdefault(one.subject, []).append(word(one))
        return {subject: sorted(words) for subject, words in sorted(out.items())}


def word(goal: Goal) -> str:
    """A due goal as the ledger and its findings say it: a door where it succeeds, a code, a door with the caller it refuses."""
    kind, *rest = goal.fact
    if kind == ANSWER:
        return rest[1]
    return HEARD if kind == EVENT else " ".join(rest[1:])


def read(file: Path) -> Ledger:
    """Empty where there is none; DocumentError for what is no ledger."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return {str(subject): list(map(str, words)) for subject, words in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DocumentError(
            f"{file}: is no ledger of coverage: {error}; write it anew: make coverage-contract"
        ) from None


def written(ledger: Ledger) -> str:
    return json.dumps(ledger, indent=2, ensure_ascii=False) + "\n"


def missing(goals: Iterable[Goal], ledger: Ledger) -> dict[str, list[str]]:
    """What is due in the contract and not in the ledger, by subject."""
    out: dict[str, list[str]] = {}
    for one in goals:
        if one.is_due and word(one) not in ledger.get(one.subject, ()):
            out.setdefault(one.subject, []).append(word(one))
    return out


def unproven(ledger: Ledger, coverage: Coverage) -> dict[str, list[str]]:
    """What the ledger says and these facts do not, or the contract does not have any more."""
    seen = coverage.ledger
    out = {subject: sorted(set(words) - set(seen.get(subject, ()))) for subject, words in ledger.items()}
    return {subject: words for subject, words in out.items() if words}
