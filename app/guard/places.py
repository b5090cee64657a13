"""How many connections one worker takes, so that it keeps file descriptors for everything else, and who may have the last.

Promises: below three quarters of the places everybody is taken. Above, an address has at most a quarter of all, so that one
stranger cannot take the last ones from the others. Behind proxies all come from few addresses: they fill three quarters.
"""

from __future__ import annotations

import resource
from typing import Any

from app.guard.arrivals import subject_of

MAX_CONNECTIONS = 16_384
"""Of one worker, however many files it may open."""
MIN_RESERVE, MAX_RESERVE = 64, 512
KEY = "guard.places"


def capacity() -> int:
    """What the limit on open files leaves, after a quarter for the databases, logs and calls out. Asked when a worker
    begins: a limit that is changed later does not count."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    reserve = min(max(soft // 4, MIN_RESERVE), MAX_RESERVE)
    return max(1, min(soft - reserve, MAX_CONNECTIONS))


class Places:
    """One per worker: uvicorn hands the same state to all its connections, see `places_in`. What was taken is given
    back once, by the same address."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._held: dict[str, int] = {}

    def take(self, address: str) -> bool:
        """Whether there is a place for this address, which it has then. Called before anything is read or answered."""
        subject = subject_of(address)
        held = self._held.get(subject, 0)
        is_scarce = self._taken * 4 >= self._size * 3
        if self._taken >= self._size or (is_scarce and held * 4 >= self._size):
            return False
        self._taken += 1
        self._held[subject] = held + 1
        return True

    @property
    def taken(self) -> int:
        """Open connections, those of sockets too."""
        return self._taken

    @property
    def is_full(self) -> bool:
        """Then the next connection is refused, whoever it is."""
        return self._taken >= self._size

    def give_back(self, address: str) -> None:
        """For what `take` gave, and for nothing else."""
        subject = subject_of(address)
        self._taken -= 1
        left = self._held[subject] - 1
        if left:
            self._held[subject] = left
        else:
            del self._held[subject]


def places_in(worker_state: dict[str, Any]) -> Places:
    """The places of the worker, made with its first connection."""
    if KEY not in worker_state:
        worker_state[KEY] = Places(capacity())
    places: Places = worker_state[KEY]
    return places
