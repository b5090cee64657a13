"""What one caller heard: per operation how often each status with each error code, and which excuses were needed.

Written as JSON by the process of schemathesis, read by the one that started it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

TALLY = "PROOF_TALLY"
"""The variable of the environment that names the file."""


@dataclass
class Tally:
    """`answers` is keyed by operation, then by `201` or `404 author_not_found`; `excused` by reason."""

    answers: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    excused: Counter[str] = field(default_factory=Counter)

    def hear(self, operation: str, status: int, code: object) -> None:
        self.answers[operation][f"{status} {code}" if code else str(status)] += 1

    def successes(self, operation: str) -> int:
        return sum(count for said, count in self._of(operation).items() if said[0] in "23")

    def total(self, operation: str) -> int:
        return self._of(operation).total()

    def _of(self, operation: str) -> Counter[str]:
        return self.answers.get(operation, Counter())

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"answers": self.answers, "excused": self.excused}))

    @classmethod
    def read(cls, path: Path) -> Tally:
        """Empty where the process ended before it wrote."""
        tally = cls()
        if path.is_file():
            written = json.loads(path.read_text())
            for operation, counts in written["answers"].items():
                tally.answers[operation].update(counts)
            tally.excused.update(written["excused"])
        return tally
