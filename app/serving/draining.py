"""How a worker ends without a failed call (ACCEPTANCE D26): one machine of four states, which is turned ten times a second.

    SERVES → ANNOUNCES → DISMISSES → IS_OVER

While it announces, it is not ready, still takes who comes, and each answer over HTTP is its connection's last, so that balancers and
keep-alive pools learn of it. While it dismisses, nobody is taken any more, the sockets are told when to connect anew and are
closed by and by, and what is in flight has ten seconds. It knows no socket and no timer: `Parts` does what it says.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

REQUESTS_S = 10.0
"""For what is in flight once nobody is taken any more."""
LATE_S = 2.0
"""Beyond it, for the closes of sockets whose requests still run."""
FLUSH_S = 9.0
"""Beyond REQUESTS_S, for late closes, background tasks and what they have yet to write."""
BATCH, LEAST_BATCH = 200, 25
"""Sockets of a node that are closed in one turn; of a worker, however many there are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`accept_s` is how long a node that ends still takes who comes; afterwards its sockets have as long to go elsewhere. `workers`
    share the batches."""

    accept_s: float = 0.0
    workers: int = 1

    @property
    def batch(self) -> int:
        return max(BATCH // self.workers, LEAST_BATCH)

    @property
    def ends_within_s(self) -> float:
        """From the signal on; then the process is cut. With 5 s for `accept_s` a node has ended within 25 s."""
        return self.accept_s + REQUESTS_S + FLUSH_S


class Parts(Protocol):
    """What a worker does at each step. Nothing of it waits."""

    def announce(self) -> None:
        """It is not ready from now on."""

    def expect_end(self) -> None:
        """Each answer over HTTP says that it is its connection's last."""

    def take_nobody(self) -> None:
        """Closes the port, and the connections on which nothing is asked."""

    def dismiss(self, *, spread_s: float, most: int, is_over: bool) -> int:
        """One turn of `app.ws.departure`: how many sockets are open."""

    @property
    def is_idle(self) -> bool:
        """Nobody is connected, and nothing runs."""


class State(Enum):
    SERVES = "serves"
    ANNOUNCES = "announces"
    DISMISSES = "dismisses"
    IS_OVER = "is over"


class Draining:
    """Of one worker. `begin` may be called again, which changes nothing."""

    def __init__(self, plan: Plan, parts: Parts, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._plan = plan
        self._parts = parts
        self._clock = clock
        self._until = 0.0
        self.state = State.SERVES

    def begin(self, *, is_expected: bool) -> None:
        """`is_expected` says that others may send somebody here: not where another worker took this one's place, nor where the node
        was never ready."""
        if self.state is not State.SERVES:
            return
        if is_expected:
            self._parts.announce()
        self._parts.expect_end()
        self.state = State.ANNOUNCES
        self._until = self._clock() + (self._plan.accept_s if is_expected else 0.0)

    def turn(self) -> bool:
        """Whether all is over: then what is left is to be cut."""
        now = self._clock()
        if self.state is State.ANNOUNCES and now >= self._until:
            self._parts.take_nobody()
            self.state = State.DISMISSES
            self._until = now + REQUESTS_S
        if self.state is State.DISMISSES:
            self._dismiss(is_late=now >= self._until, is_too_late=now >= self._until + LATE_S)
        return self.state is State.IS_OVER

    def _dismiss(self, *, is_late: bool, is_too_late: bool) -> None:
        plan = self._plan
        sockets = self._parts.dismiss(spread_s=plan.accept_s, most=plan.batch, is_over=is_late)
        if self._parts.is_idle or (is_late and not sockets) or is_too_late:
            self.state = State.IS_OVER
