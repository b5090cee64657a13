"""How many nodes share the limits: each shows in Redis that it lives, and counts the others while Redis does.

Promises: a node that ends without a word is counted for at most 7 s more; while Redis is away the last count stands, and it falls
only after 8 s of smaller counts, so that a Redis that lost its data gives no node the others' share. Who they are nobody asks.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import suppress

from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from generated.product import NAME

BEAT_S = 2.0
"""How often a node shows itself, and counts the others."""
EXPIRY_S = 7.0
"""A node that has not shown itself for so long is not counted."""
KEPT_COUNTS = 4
"""As many beats as an expiry takes."""

COUNT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
"""
"""Time is the server's, so that nodes with other clocks agree."""


class Nodes:
    """`at_first` is the count until Redis has been asked: the workers of this machine."""

    def __init__(self, connection: RedisConnection, *, at_first: int = 1, prefix: str = NAME) -> None:
        self._script = Script(connection, COUNT.encode())
        self._key = f"{prefix}:nodes"
        self._name = secrets.token_hex(8)
        self._counts = deque([at_first], maxlen=KEPT_COUNTS)

    def count(self) -> int:
        """At least 1: this node. Known from the last beats; asks nobody."""
        return max(self._counts)

    async def run(self) -> None:
        """Does not return; runs under the supervisor."""
        while True:
            with suppress(RedisUnavailable):
                await self.beat()
            await asyncio.sleep(BEAT_S)

    async def beat(self) -> None:
        """Shows that this node lives, and counts; raises RedisUnavailable."""
        self._counts.append(int(await self._script.run(1, self._key, self._name, round(EXPIRY_S * 1000))))
