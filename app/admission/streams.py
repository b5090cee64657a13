"""Bounds the streams that are open on a node: they take no share of its work, since most of their time they wait,
and none at the gate.

Promises: at most MAX_OPEN at once, of which MAX_OF_CALLER are one caller's; nothing has run when one is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from app.admission.tally import Refused, Tally
from generated.errors import Unavailable

MAX_OPEN = 1_000
"""Of one worker."""
MAX_OF_CALLER = 32
RETRY_S = 5
"""A stream lasts, so who finds no place need not ask at once again."""


class Resting(Protocol):
    """The gate, as a stream needs it that has arrived there."""

    def rests(self, address: str) -> None: ...
    def goes_on(self, address: str) -> None: ...


class OpenStreams:
    """One per worker, for both doors."""

    def __init__(self, tally: Tally, *, max_open: int = MAX_OPEN, max_of_caller: int = MAX_OF_CALLER) -> None:
        self._tally = tally
        self._max_open = max_open
        self._max_of_caller = max_of_caller
        self._of: Counter[str] = Counter()
        self.open = 0

    @contextmanager
    def place(self, caller: str, address: str, gate: Resting) -> Iterator[None]:
        """For as long as the stream goes on, which has arrived from `address` and rests at the gate. Raises Unavailable where there is none."""
        if self.open >= self._max_open:
            self._tally.add(Refused.SHARE_QUEUE)
            raise Unavailable(retry_after_s=RETRY_S)
        if self._of[caller] >= self._max_of_caller:
            self._tally.add(Refused.SHARE_CALLER)
            raise Unavailable(retry_after_s=RETRY_S)
        self.open += 1
        self._of[caller] += 1
        gate.rests(address)
        try:
            yield
        finally:
            gate.goes_on(address)
            self.open -= 1
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]
