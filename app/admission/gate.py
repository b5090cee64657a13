"""Bounds what has arrived and is not answered yet, before any work is done for it (ACCEPTANCE D22).

The bound follows the delay before work begins: where even the quickest request of the last 0.1 s waited longer than 20 ms, the
node has taken in too much, and the bound falls by a fifth; else it rises again (the standing queue of CoDel, RFC 8289 §3).
Asking and counting are a few comparisons, so that a refusal costs next to nothing.

Promises: what has been let in and has not asked for its share of the work yet counts as what waits for one, so that no more is let in than
will be served. Below half of the bound everybody is let in. Above, an address has at most a quarter of it, so that one stranger cannot
fill it for all. Where all come from one address, it is the half that they fill.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.admission.shares import RETRY_S
from app.admission.tally import Refused, Tally
from generated.operations import Priority

MIN_LIMIT = 32
"""The bound falls no lower, however slow the node is."""
MAX_LIMIT = 1024
WINDOW_S = 0.1
TARGET_S = 0.02
"""The least delay in a window that counts as a standing queue."""
SHRINK = 0.8
GROW = 16
QUERIES = frozenset({b"GET", b"HEAD"})
SHARE_OF = (math.inf, 1.0, 0.95, 0.9, 0.5)
"""What of the bound each `Priority` may fill, in their order: the less urgent is refused first. Health is never refused here."""


SCARCE_FROM = 0.5
"""What of a class's part has to be taken before an address is asked what it has of it."""
ADDRESS_SHARE = 0.25


class Arrival:
    """One request, from where the gate let it in to its answer. It is coming until it asks for a share of the node's work."""

    __slots__ = ("_address", "_gate", "_is_coming")

    def __init__(self, gate: Gate, address: str) -> None:
        self._gate = gate
        self._address = address
        self._is_coming = True

    def has_come(self) -> None:
        """It asks for its share now, or it will not: it is refused before, is answered without one, or waits for its caller's bytes. Said again
        it does nothing."""
        if self._is_coming:
            self._is_coming = False
            self._gate.has_come(self._address)

    def answered(self, _: object = None) -> None:
        """Exactly once, or its place is lost for good; as a callback of the task that answers, whatever becomes of it."""
        self.has_come()
        self._gate.answered(self._address)


class Gate:
    """`paths` are the static ones of operations whose class is health or session; `is_backed_up_for` says that who
    asks for this class and has so many here already would wait too long, with so many that are coming, from so many addresses. One per worker, for both
    doors; nothing here waits. Each request is told by `arrived`, `began` and what its `Arrival` says. An `address` is the caller's as
    limits count it, `app.execution.address.limit_key`, the same for all that is told of one arrival."""

    def __init__(
        self,
        paths: Mapping[bytes, Priority] = MappingProxyType({}),
        *,
        is_backed_up_for: Callable[[Priority, int, int, int], bool] = lambda priority, own, coming, addresses: False,
        tally: Tally | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths = paths
        self._is_backed_up_for = is_backed_up_for
        self._clock = clock
        self._tally = tally or Tally()
        self._limit = float(MAX_LIMIT)
        self._window_ends = clock() + WINDOW_S
        self._quickest_s = math.inf
        self._of: dict[str, int] = {}
        self._coming: dict[str, int] = {}
        """Of `_of` those that are on their way to a share of the work."""
        self.coming = 0
        self.in_flight = 0

    @property
    def limit(self) -> int:
        """From 32 to 1,024 requests that have arrived and are not answered."""
        return int(self._limit)

    def refuses(self, path: bytes, method: bytes, address: str) -> int | None:
        """Before the operation of a request is known: seconds after which to come again, 1 to 3 by chance; None where
        there is room. `path` is without the query; other paths are judged by their method, as reads or writes."""
        usual = Priority.READ if method in QUERIES else Priority.WRITE
        if not self.is_full_for(self._paths.get(path, usual), address):
            return None
        return RETRY_S[int(random.random() * len(RETRY_S))]  # A fifth of what `random.choice` takes.

    def is_full_for(self, priority: Priority, address: str) -> bool:
        """Whether an arrival of this class and address is one too many; counts the refusal. A probe never is."""
        room, own = self._limit * SHARE_OF[priority], self._of.get(address, 0)
        if self.in_flight >= room:
            self._tally.add(Refused.GATE_FULL)
            return True
        if self.in_flight >= room * SCARCE_FROM and own >= room * ADDRESS_SHARE:
            self._tally.add(Refused.GATE_ADDRESS)
            return True
        if priority > Priority.SESSION and self._is_backed_up_for(priority, own, self.coming, len(self._coming)):
            self._tally.add(Refused.GATE_BACKLOG)
            return True
        return False

    def arrived(self, address: str) -> Arrival:
        """It has been let in."""
        self._count(address, 1)
        self.coming += 1
        _change(self._coming, address, 1)
        return Arrival(self, address)

    def has_come(self, address: str) -> None:
        """For `Arrival`."""
        self.coming -= 1
        _change(self._coming, address, -1)

    def answered(self, address: str) -> None:
        """For `Arrival`."""
        self._count(address, -1)

    def rests(self, address: str) -> None:
        """One that has arrived only waits for its caller's bytes, or for him to take ours; to be followed by `goes_on`."""
        self._count(address, -1)

    def goes_on(self, address: str) -> None:
        """It has come back from its rest, and is let in whoever else is there by now."""
        self._count(address, 1)

    def _count(self, address: str, change: int) -> None:
        self.in_flight += change
        _change(self._of, address, change)

    def began(self, waited_s: float) -> None:
        """Hears how long each request waited between its arrival and its work."""
        self._quickest_s = min(self._quickest_s, waited_s)
        now = self._clock()
        if now >= self._window_ends:
            self._adapt()
            self._window_ends = now + WINDOW_S

    def _adapt(self) -> None:
        if self._quickest_s > TARGET_S:
            self._limit = max(float(MIN_LIMIT), self._limit * SHRINK)
        else:
            self._limit = min(float(MAX_LIMIT), self._limit + GROW)
        self._quickest_s = math.inf


def _change(counts: dict[str, int], address: str, by: int) -> None:
    """An address that has nothing here leaves no entry."""
    count = counts.get(address, 0) + by
    if count:
        counts[address] = count
    else:
        del counts[address]
