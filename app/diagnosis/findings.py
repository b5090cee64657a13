"""What a look at one part of the surroundings has found: said for a person, with what to do, and told apart for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum

from app.exit_codes import CONFIG, OK, UNAVAILABLE


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and will not always."""
    FAULT = "fault"
    """It does not work, and waiting mends nothing."""
    AWAY = "away"
    """It does not answer; it may later."""
    UNCHECKED = "not checked"


@dataclass(frozen=True)
class Finding:
    part: str
    """What it is about: the setting's name where it is one."""
    state: State
    said: str
    advice: str = ""

    @property
    def line(self) -> str:
        return f"{self.part}: {self.said}{f'; {self.advice}' if self.advice else ''}"

    def as_dict(self) -> dict[str, str]:
        return {name: str(value) for name, value in asdict(self).items()}


def exit_code_of(findings: Iterable[Finding]) -> int:
    """Of a command that looked: 78 for a fault, else 69 for what is away, else 0."""
    states = {one.state for one in findings}
    if State.FAULT in states:
        return CONFIG
    return UNAVAILABLE if State.AWAY in states else OK
