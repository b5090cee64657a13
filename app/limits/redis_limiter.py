"""The limiter on Redis or Valkey: one Lua call per request on one pipelined connection, exact up to 1,000 per window.

While the store is away the bucket's own policy decides: this node's own exact count of its share, refusal, or no limit.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path

from app.db.pipelined_redis import PipelinedConnection, RedisUnavailable, Script
from app.limits.limiter import Permit
from generated.errors import Unavailable
from generated.operations import Bucket, WhenDown
from generated.product import NAME

MAX_EXACT = 1000
"""Up to so many calls in a window each is remembered, and no window of that length ever has more. Above, two windows
are weighted: the count is wrong by how unevenly the earlier one was used."""
MAX_LOCAL_SUBJECTS = 10_000
"""Counted here while the store is away; who is forgotten has his whole share again."""
MICROS = 1_000_000
RETRY_AFTER_S = 1


class RedisLimiter:
    """`scale` multiplies every limit; `nodes` says among how many a limit is divided while the store is away; `on_down`
    hears of each decision that was made without it. Limits by the clock of Redis; here by the monotonic one."""

    def __init__(
        self,
        connection: PipelinedConnection,
        *,
        scale: int = 1,
        nodes: Callable[[], int] = lambda: 1,
        on_down: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._script = Script(connection, Path(__file__).with_name("sliding_window.lua").read_bytes())
        self._scale = scale
        self._nodes = nodes
        self._on_down = on_down
        self._clock = clock
        self._local: OrderedDict[str, deque[float]] = OrderedDict()

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        """In one step of Redis, so that calls at once are counted one after the other, whichever node they came to. A
        key lives for about a window after its last call, two for large limits."""
        limit, window_us = bucket.limit * self._scale, round(bucket.window_s * MICROS)
        kind = "stamps" if limit <= MAX_EXACT else "windows"  # a key of one is no key of the other
        key = f"{NAME}:limit:{kind}:{{{bucket.name}:{subject}}}"
        try:
            answer = await self._script.run(1, key, limit, window_us, MAX_EXACT)
        except RedisUnavailable:
            return self._without_store(bucket, limit, key)
        allowed, remaining, reset, retry = answer
        return Permit(bool(allowed), limit, remaining, _seconds(reset), _seconds(retry), math.ceil(bucket.window_s))

    def _without_store(self, bucket: Bucket, limit: int, key: str) -> Permit:
        self._on_down()
        window_s = math.ceil(bucket.window_s)
        if bucket.when_down is WhenDown.CLOSED:
            raise Unavailable(retry_after_s=RETRY_AFTER_S)
        if bucket.when_down is WhenDown.OPEN:
            return Permit(True, limit, limit, window_s, 0, window_s)
        return self._count_here(bucket, math.ceil(limit / self._nodes()), key)

    def _count_here(self, bucket: Bucket, share: int, key: str) -> Permit:
        """This node's own sliding window; the longest unused subjects are forgotten."""
        now = self._clock()
        stamps = self._local.setdefault(key, deque())
        self._local.move_to_end(key)
        while len(self._local) > MAX_LOCAL_SUBJECTS:
            self._local.popitem(last=False)
        while stamps and stamps[0] <= now - bucket.window_s:
            stamps.popleft()
        allowed = len(stamps) < share
        if allowed:
            stamps.append(now)
        retry = 0 if allowed else math.ceil(stamps[-share] + bucket.window_s - now)
        reset = math.ceil(stamps[-1] + bucket.window_s - now)
        return Permit(allowed, share, max(0, share - len(stamps)), reset, retry, math.ceil(bucket.window_s))


def _seconds(micros: int) -> int:
    return -(-micros // MICROS)
