"""What goes wrong on purpose: answers that are late, fail or never come, and sockets that end. Drawn from a seed, so that a run can be repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")


@dataclass(slots=True)
class Faults:
    """`latency_s` are the shortest and the longest wait of an answer; the others are parts of all calls, 0 to 1."""

    latency_s: tuple[float, float] = (0.0, 0.0)
    fail: float = 0.0
    drop_reply: float = 0.0
    close: float = 0.0
    seed: int = 0
    _chance: Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = Random(self.seed)

    @property
    def waits(self) -> bool:
        return self.latency_s[1] > 0

    def wait_s(self) -> float:
        return self._chance.uniform(*self.latency_s)

    def fails(self) -> bool:
        """Whether this call is answered as one that the service cannot do now."""
        return self._chance.random() < self.fail

    def drops_reply(self) -> bool:
        return self._chance.random() < self.drop_reply

    def closes(self) -> bool:
        """Whether the socket ends in place of this call's answer."""
        return self._chance.random() < self.close


def latency(text: str) -> tuple[float, float]:
    """`80ms`, or `50ms..0.2s`, in seconds; ValueError."""
    first, _, last = text.partition("..")
    found = seconds(first), seconds(last or first)
    if found[0] > found[1]:
        raise ValueError(f"{text}: the longest wait is shorter than the shortest")
    return found


def seconds(text: str) -> float:
    found = SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r}: expected a time such as 50ms or 0.2s")
    return float(found[1]) / (1000 if found[2] == "ms" else 1)


def part(text: str) -> float:
    """0 to 1."""
    found = float(text)
    if not 0 <= found <= 1:
        raise ValueError(f"{text}: expected a part from 0 to 1")
    return found
