"""Where the service is reached: one address, or several nodes of which one is asked at a time."""

from __future__ import annotations

import random
from collections.abc import Sequence

from .errors import ConnectionLost
from .retry import AttemptFailed, Outcome


class Addresses:
    """`current` stays until it is left. The first that is given is the first; the others follow by chance, so that the clients of a
    node that ends do not all go to the same one."""

    def __init__(self, base_url: str | Sequence[str]) -> None:
        given = [base_url] if isinstance(base_url, str) else list(base_url)
        if not given:
            raise ValueError("there is no address")
        others = given[1:]
        random.shuffle(others)
        self._all = [one.rstrip("/") for one in (given[0], *others)]
        self._index = 0

    @property
    def current(self) -> str:
        return self._all[self._index]

    def leave(self, address: str) -> None:
        """It has ended, or does not answer; nothing if another one was chosen since."""
        if address == self.current:
            self._index = (self._index + 1) % len(self._all)

    def blame(self, address: str, failure: AttemptFailed) -> None:
        """Leaves it where another one may do better."""
        if failure.outcome is Outcome.UNAVAILABLE or isinstance(failure.error, ConnectionLost):
            self.leave(address)
