"""Who may still connect while more connect than a worker can take in: addresses that connect seldom, all of them.

Promises: while the queue of new connections is short everybody is taken. From when it was not until a second later, an address has
RATE a second and BURST at once; to turn the others away costs a tenth of what taking them costs, so that the queue stays short
and nobody else waits in it. A flood from thousands of addresses is not told from a crowd.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress

from app.execution.address import client_ip, limit_key
from app.guard.problems import answer
from app.telemetry.correlation import trace_id_among
from generated.errors import Unavailable

RATE = 1024
"""Connections a second. A proxy that opens one for each request gets about what a worker can answer."""
BURST = 512
HELD_S = 1.0
"""How long after the last full batch the queue counts as long."""
MAX_SUBJECTS = 4096
"""Then those are forgotten who could begin anew anyway, and if that is nobody, all."""
RETRY_S = 2
"""What is told to who is turned away."""


def subject_of(address: str) -> str:
    """Whom an address stands for, as for limits."""
    return limit_key(client_ip({"client": (address, 0)}, trusted_proxies=0))


class Arrivals:
    """One per listening socket. A subject's entry is the moment at which its whole burst is free again (the virtual
    scheduling of GCRA, ITU-T I.371)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._is_long_until = 0.0

    def fell_behind(self) -> None:
        """A batch was full: others may wait."""
        self._is_long_until = self._clock() + HELD_S

    def take(self, address: str) -> bool:
        """Whether it is taken, and counted."""
        now = self._clock()
        subject = subject_of(address)
        free_at = max(now, self._free_at.get(subject, 0.0))
        if now < self._is_long_until and free_at - now >= BURST / RATE:
            return False
        if len(self._free_at) >= MAX_SUBJECTS:
            self._forget(now)
        self._free_at[subject] = min(free_at + 1 / RATE, now + BURST / RATE)
        return True

    def _forget(self, now: float) -> None:
        self._free_at = {subject: free_at for subject, free_at in self._free_at.items() if free_at > now}
        if len(self._free_at) >= MAX_SUBJECTS:
            self._free_at = {}


def turn_away(connection: socket.socket) -> None:
    """A problem, for who reads it, and the end; nothing waits for the peer."""
    with suppress(OSError):
        connection.send(answer(Unavailable(retry_after_s=RETRY_S), trace_id_among(())), socket.MSG_DONTWAIT)
    connection.close()
