"""Coverage for people in a terminal, and for programs as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proof.coverage.coverage import Coverage, word
from proof.coverage.goals import CALLERS, CODES, DIMENSIONS, KEYWORDS, STATUSES, SUCCESSES
from proof.documents import Json

COLUMNS = (SUCCESSES, CODES, STATUSES, CALLERS, KEYWORDS)


def table(coverage: Coverage, operations: Sequence[str]) -> str:
    """A line for each operation, then one for each dimension."""
    width = max(map(len, ("operation", *operations)))
    lines = [f"{'operation':<{width}}" + "".join(f"  {name:>9}" for name in COLUMNS)]
    for name in operations:
        counts = (coverage.counted(dimension=column, subject=name) for column in COLUMNS)
        lines.append(f"{name:<{width}}" + "".join(f"  {share(*count):>9}" for count in counts))
    lines.append("")
    for name, (seen, of) in coverage.by_dimension.items():
        lines.append(f"{name:<11}  {share(seen, of):>11}  {percent(seen, of):>4}  {DIMENSIONS[name]}")
    return "\n".join(lines)


def share(seen: int, of: int) -> str:
    return f"{seen}/{of}" if of else "-"


def percent(seen: int, of: int) -> str:
    """Rounded down, so that 100 % is all."""
    return f"{100 * seen // of}%" if of else "-"


def listed(found: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{subject}: {', '.join(words)}" for subject, words in found.items()]


def as_json(coverage: Coverage) -> Json:
    """Every goal, so that a program can ask what it likes."""
    return {
        "dimensions": {name: {"seen": seen, "of": of} for name, (seen, of) in coverage.by_dimension.items()},
        "due": [{"subject": one.subject, "missing": word(one)} for one in coverage.due],
        "goals": [
            {"fact": one.fact, "dimension": one.dimension, "is_due": one.is_due, "is_seen": coverage.has(one)}
            for one in coverage.goals
        ],
    }
