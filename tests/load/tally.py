"""Counts what became of the requests of one stream, and looks at each refusal: a problem, with `Retry-After` where it is due."""

from __future__ import annotations

import re
from collections import Counter

from tests.load.plan import SLOT_S, Result, latency_of

MAX_FAULTS = 20
CODE = re.compile(rb'"code":"(\w+)"')
TEMPORARY = (429, 503, 504)


class Tally:
    def __init__(self, seconds: float, *, keeps_acked: bool) -> None:
        slots = int(seconds / SLOT_S) + 2
        self.sent = self.unsent = self.lost = self.timeouts = 0
        self._keeps_acked = keeps_acked
        self._began = 0.0
        self._statuses: Counter[int] = Counter()
        self._codes: Counter[str] = Counter()
        self._ok: list[float] = []
        self._refused: list[float] = []
        self._faults: list[str] = []
        self._acked: list[int] = []
        self._ok_at, self._refused_at = [0] * slots, [0] * slots

    def begin(self, now: float) -> None:
        self._began = now

    def answered(self, number: int, sent_at: float, now: float, status: int) -> None:
        self._statuses[status] += 1
        slot = min(int((now - self._began) / SLOT_S), len(self._ok_at) - 1)
        if 200 <= status < 300:
            self._ok.append(now - sent_at)
            self._ok_at[slot] += 1
            if self._keeps_acked:
                self._acked.append(number)
        else:
            self._refused.append(now - sent_at)
            self._refused_at[slot] += 1

    def judge(self, status: int, head: bytes, body: bytes) -> None:
        """INV1, for a refusal. `head` is in lower case; a frame has none, and states everything in its problem."""
        found = CODE.search(body)
        self._codes[found[1].decode() if found else "none"] += 1
        has_retry = b"retry-after: " in head or b'"retry_after":' in body
        is_problem = found is not None and (not head or b"application/problem+json" in head)
        is_sound = is_problem and (status not in TEMPORARY or has_retry) and (status < 500 or status in TEMPORARY)
        if not is_sound and len(self._faults) < MAX_FAULTS:
            self._faults.append(f"{status}: {(head[:300] + body[:300]).decode(errors='replace')}")

    def result(self) -> Result:
        return Result(
            sent=self.sent,
            unsent=self.unsent,
            lost=self.lost,
            timeouts=self.timeouts,
            statuses=dict(self._statuses),
            codes=dict(self._codes),
            ok=latency_of(self._ok),
            refused=latency_of(self._refused),
            faults=self._faults,
            ok_at=self._ok_at,
            refused_at=self._refused_at,
            acked=self._acked,
        )
