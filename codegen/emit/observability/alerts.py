"""What an alert is: its condition, and what whoever it wakes should know and do.

In expressions and texts `NAME` stands for the product's name, with which its metrics begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["page", "ticket"]
"""`page` wakes somebody, `ticket` waits for the working day (SRE workbook, chapter 5)."""


@dataclass(frozen=True, slots=True)
class Alert:
    """`summary` is one line of an annotation and may use Prometheus' templates; `meaning` and `steps` are for the page of what to do."""

    name: str
    severity: Severity
    expr: str
    holds_for: str
    summary: str
    meaning: str
    steps: tuple[str, ...]

    def rule(self, product: str, runbook: str) -> dict[str, object]:
        """As a rule file of Prometheus has it."""
        return {
            "alert": self.name,
            "expr": named(self.expr, product),
            "for": self.holds_for,
            "labels": {"severity": self.severity, "service": product},
            "annotations": {
                "summary": named(self.summary, product),
                "description": named(self.meaning, product),
                "runbook": f"{runbook}#{self.name.lower()}",
            },
        }


def named(text: str, product: str) -> str:
    """`NAME` as a word, or before `_` or `:`, is the product's."""
    return re.sub(r"(?<![A-Za-z0-9_])NAME(?![A-Za-z0-9])", product, text)
