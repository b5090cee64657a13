"""Which of a project's files are the platform's and which are its product's, as `.owners` says.

The platform's files are updated from where they came; an update leaves the product's as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Self

from codegen.diagnostics import Refused

FILE = ".owners"
EVERYTHING = "*"


class Owner(Enum):
    PLATFORM = "platform"
    """An update changes it; what the project has changed in it is merged."""
    PRODUCT = "product"
    """No update touches it."""


@dataclass(frozen=True, slots=True)
class Owners:
    """`rules` are patterns with their owners, in the order of the file."""

    rules: tuple[tuple[str, Owner], ...]

    @classmethod
    def read(cls, root: Path) -> Self:
        """Raises Refused, and FileNotFoundError for a folder that is no project."""
        return cls.parse((root / FILE).read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises Refused with the lines that say nothing."""
        rules, faults = [], []
        for number, line in enumerate(text.splitlines(), 1):
            match line.partition("#")[0].split():
                case []:
                    continue
                case [pattern, "platform" | "product" as owner]:
                    rules.append((pattern, Owner(owner)))
                case _:
                    faults.append(f"{FILE}:{number}: expected a pattern and `platform` or `product`, found `{line}`")
        if faults or not any(pattern == EVERYTHING for pattern, _ in rules[:1]):
            raise Refused("\n".join(faults) or f"{FILE}: the first pattern is `*`, so that every file has an owner")
        return cls(tuple(rules))

    def of(self, path: str) -> Owner:
        """The owner of a file, given relative to the root with forward slashes. The last pattern that fits decides; a
        pattern is a path, a folder with its slash, or `*`."""
        return [owner for pattern, owner in self.rules if _matches(pattern, path)][-1]

    def unused(self, paths: list[str]) -> list[str]:
        """Patterns that say nothing about any of these files."""
        return [pattern for pattern, _ in self.rules if not any(_matches(pattern, path) for path in paths)]


def _matches(pattern: str, path: str) -> bool:
    return pattern in (EVERYTHING, path) or (pattern.endswith("/") and path.startswith(pattern))
