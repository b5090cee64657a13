"""Whether a server is reached at all: the breaker of a pool, of which its places are the calls (ACCEPTANCE D18).

It is `closed` while there is a connection, or nobody has failed to open one; `open` once an opening has failed and no connection is
left; `half-open` while one opening asks whether the server is back. Each change is logged with its reason. Knows no pool and no timer.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

CLOSED, HALF_OPEN, OPEN = "closed", "half-open", "open"
FIRST_PAUSE_S = 0.1
MAX_PAUSE_S = 1.0

log = structlog.get_logger(__name__)


class Reach:
    """`on_transition(name, old, new)` hears of each change. Times are the caller's, of one clock."""

    def __init__(self, name: str, on_transition: Callable[[str, str, str], None]) -> None:
        self._name = name
        self._on_transition = on_transition
        self._failures = 0
        self._asks_from = 0.0
        self.state = CLOSED

    def lets_wait(self, now: float) -> bool:
        """Whether a caller may wait for a connection. While the server is away one may, after each pause: its opening asks."""
        return self.state == CLOSED or (self.state == OPEN and now >= self._asks_from)

    def lets_open(self, now: float, opening: int) -> bool:
        """Whether one more connection may be opened beside so many that are being opened."""
        return now >= self._asks_from and (self.state == CLOSED or not opening)

    def asks(self) -> None:
        """A connection is being opened."""
        if self.state == OPEN:
            self._move(HALF_OPEN, "asks")

    def failed(self, now: float, reason: str, *, is_alone: bool) -> float:
        """An opening failed; `is_alone` where there is no connection and no other opening. How long nobody is to try."""
        self._failures = 0 if self.state == CLOSED else self._failures + 1
        pause_s: float = min(FIRST_PAUSE_S * 2**self._failures, MAX_PAUSE_S)
        self._asks_from = now + pause_s
        if is_alone or self.state == HALF_OPEN:
            self._move(OPEN, reason)
        else:
            log.warning("database.connection_refused", reason=reason)
        return pause_s

    def succeeded(self) -> bool:
        """A connection was opened; whether the server was away."""
        was_away = self.state != CLOSED
        self._move(CLOSED, "answers")
        return was_away

    def _move(self, new: str, reason: str) -> None:
        old, self.state = self.state, new
        if new != old:
            log.warning("breaker.transition", breaker=self._name, old=old, new=new, reason=reason)
            self._on_transition(self._name, old, new)
