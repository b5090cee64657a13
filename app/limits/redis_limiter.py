"""The limiter on Redis or Valkey: one Lua call per request on one pipelined connection; in no window more than the limit.

While the store is away the bucket's own policy decides: this node's own count of its share, refusal, or no limit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from app.limits.limiter import Permit
from app.limits.local_counts import LocalCounts
from generated.errors import Unavailable
from generated.operations import Bucket, WhenDown
from generated.product import NAME

MAX_EXACT = 1000
"""Up to so many calls in a window each is remembered, and given back exactly one window after it."""
PARTS = 60
"""Above, the calls of so long a part of the window are one entry, and given back with the last of them."""
MICROS = 1_000_000
RETRY_AFTER_S = 1
ALLOWED, REFUSED = "allowed", "refused"


class RedisLimiter:
    """`scale` multiplies every limit; `nodes` says among how many a limit is divided while the store is away; `on_down`
    hears of each decision that was made without it, `on_decision(bucket, outcome)` of each: `allowed`, `refused` or
    `unavailable`. Limits by the clock of Redis; here by the monotonic one."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        scale: int = 1,
        nodes: Callable[[], int] = lambda: 1,
        on_down: Callable[[], None] = lambda: None,
        on_decision: Callable[[str, str], None] = lambda bucket, outcome: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._script = Script(connection, Path(__file__).with_name("sliding_window.lua").read_bytes())
        self._scale = scale
        self._nodes = nodes
        self._on_down = on_down
        self._on_decision = on_decision
        self._clock = clock
        self._local = LocalCounts()

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        """In one step of Redis, so that calls at once are counted one after the other, whichever node they came to. A
        key lives for about a window after its last call."""
        limit, window_us = bucket.limit * self._scale, round(bucket.window_s * MICROS)
        kind = "stamps" if limit <= MAX_EXACT else "counts"  # a key of one is no key of the other
        key = f"{NAME}:limit:{kind}:{{{bucket.name}:{subject}}}"
        try:
            answer = await self._script.run(1, key, limit, window_us, MAX_EXACT, PARTS)
        except RedisUnavailable:
            permit = self._without_store(bucket, limit, subject)
            self._on_decision(bucket.name, ALLOWED if permit.allowed else REFUSED)
            return permit
        allowed, remaining, left = answer
        self._on_decision(bucket.name, ALLOWED if allowed else REFUSED)
        return Permit(bool(allowed), limit, remaining, _seconds(left), math.ceil(bucket.window_s))

    def _without_store(self, bucket: Bucket, limit: int, subject: str) -> Permit:
        self._on_down()
        if bucket.when_down is WhenDown.CLOSED:
            self._on_decision(bucket.name, "unavailable")
            raise Unavailable(retry_after_s=RETRY_AFTER_S)
        if bucket.when_down is WhenDown.OPEN:
            window_s = math.ceil(bucket.window_s)
            return Permit(True, limit, limit, window_s, window_s)
        return self._local.take(bucket, math.ceil(limit / self._nodes()), subject, self._clock())


def _seconds(micros: int) -> int:
    return -(-micros // MICROS)
