"""One difference between two contracts, with a fingerprint that stays the same however often the gate is run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from codegen.breaking.rules import RULES, Audience, Severity
from codegen.diagnostics import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Change:
    """`subject` is what changed, by the contract's names; `place` is where it stands now, or stood."""

    rule: str
    subject: str
    message: str
    place: Place = field(default=NOWHERE, compare=False)
    waived_by: str = field(default="", compare=False)

    @property
    def severity(self) -> Severity:
        """The rule's, and INFO for what somebody answers for."""
        return Severity.INFO if self.waived_by else RULES[self.rule].severity

    @property
    def audiences(self) -> tuple[Audience, ...]:
        """Whom it breaks, whether or not somebody answers for it."""
        return RULES[self.rule].audiences

    @property
    def fingerprint(self) -> str:
        """Of the rule, the subject and the words, not of the place. Twelve hexadecimal digits, the same on every
        machine; what a waiver names."""
        return hashlib.sha256(f"{self.rule}\n{self.subject}\n{self.message}".encode()).hexdigest()[:12]
