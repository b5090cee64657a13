"""Bodies and answers that are bytes, while they are on their way: they last as long as their caller likes, and cost the node no work.

Promises: they hold no place at the gate, so that no number of slow callers keeps others out; their own number is bounded, of the node
and so that no caller has more than a quarter of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.admission.gate import MAX_LIMIT, Gate
from app.admission.tally import Refused, Tally
from generated.errors import Unavailable

MAX_TRANSFERS = MAX_LIMIT
"""As many as requests may be in flight; each holds a chunk or two."""
CALLER_SHARE = 4
RETRY_S = 5


class Transfers:
    """One per worker, for requests that have arrived at `gate`. A caller is a user, or an address where there is none."""

    def __init__(self, gate: Gate, *, tally: Tally | None = None, most: int = MAX_TRANSFERS) -> None:
        self._gate = gate
        self._tally = tally or Tally()
        self._most = most
        self._of: dict[str, int] = {}
        self.under_way = 0

    def check(self, caller: str) -> None:
        """Raises Unavailable where one more is one too many: before anything is done whose outcome could then not be sent."""
        if self.under_way >= self._most:
            self._tally.add(Refused.TRANSFERS_FULL)
            raise Unavailable(retry_after_s=RETRY_S)
        if self._of.get(caller, 0) >= self._most // CALLER_SHARE:
            self._tally.add(Refused.TRANSFERS_CALLER)
            raise Unavailable(retry_after_s=RETRY_S)

    @contextmanager
    def one(self, caller: str, address: str) -> Iterator[None]:
        """For as long as one is on its way that has arrived from `address`; raises Unavailable as `check` does."""
        self.check(caller)
        self.under_way += 1
        self._of[caller] = self._of.get(caller, 0) + 1
        self._gate.rests(address)
        try:
            yield
        finally:
            self._gate.goes_on(address)
            self.under_way -= 1
            self._of[caller] -= 1
            if not self._of[caller]:
                del self._of[caller]
