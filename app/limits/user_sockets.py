"""How many sockets of one user are open over all nodes: each node says in Redis how many it has, and again and again while it lives.

Promises: no socket is let in beyond the limit where Redis answers, whichever nodes are asked at once; a node that ends without a word
counts for at most LEASE_S more, one that says that it ends not at all; what a Redis that lost its data has forgotten it is told within
RENEW_S. While Redis is away a node lets in its share of the limit. No socket that is open is closed for any of it.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress

from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from generated.product import NAME

LEASE_S = 20.0
"""A node's sockets count for so long after it last said how many it has."""
RENEW_S = 5.0
BATCH = 200
"""Users of one command, so that no other command waits for long."""

ENTER = """
local node, held, most, lease = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local told, others = redis.call('HGETALL', KEYS[1]), 0
for at = 1, #told, 2 do
  local count, ends = string.match(told[at + 1], '^(%d+) (%d+)$')
  local left = (tonumber(ends) or 0) - now
  if left <= 0 or left > lease then
    redis.call('HDEL', KEYS[1], told[at])
  elseif told[at] ~= node then
    others = others + tonumber(count)
  end
end
if others + held > most then
  return 0
end
redis.call('HSET', KEYS[1], node, string.format('%d %.0f', held, now + lease))
redis.call('PEXPIRE', KEYS[1], lease)
return 1
"""
"""Of one user; the node's own count has the newcomer in it, so that a repetition changes nothing. Time is the server's. A lease that
ends later than any can was given by a clock that has been set back: it is none, and who lives says so within RENEW_S."""

TELL = """
local node, lease = ARGV[1], tonumber(ARGV[2])
local clock = redis.call('TIME')
local ends = string.format('%.0f', tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000) + lease)
for at = 1, #KEYS do
  if ARGV[at + 2] == '0' then
    redis.call('HDEL', KEYS[at], node)
  else
    redis.call('HSET', KEYS[at], node, ARGV[at + 2] .. ' ' .. ends)
    redis.call('PEXPIRE', KEYS[at], lease)
  end
end
"""


class UserSockets:
    """Of one worker. `most` is of one user; `nodes` says among how many it is divided while Redis is away. Who enters leaves once."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        most: int,
        nodes: Callable[[], int] = lambda: 1,
        prefix: str = NAME,
    ) -> None:
        self._connection = connection
        self._enter = Script(connection, ENTER.encode())
        self._tell = Script(connection, TELL.encode())
        self._most = most
        self._nodes = nodes
        self._prefix = prefix
        self._name = secrets.token_hex(8)
        self._held: dict[str, int] = {}
        self._untold: dict[str, None] = {}
        """Users of whom Redis may have another count, the longest so first."""
        self._has_news = asyncio.Event()
        self._is_leaving = False

    async def enter(self, subject: str) -> bool:
        """Whether one more socket of the user may be open. Waits for Redis as a limiter does; a cancelled caller has not entered."""
        self._held[subject] = self._held.get(subject, 0) + 1
        is_let_in = False
        try:
            is_let_in = await self._ask(subject)
        finally:
            if is_let_in:
                self._note(subject)  # A lost answer, or a count that was told meanwhile, is made good at once.
            else:
                self.leave(subject)
        return is_let_in

    def leave(self, subject: str) -> None:
        """Its socket is no more; Redis hears of it beside the caller."""
        left = self._held[subject] - 1
        if left:
            self._held[subject] = left
        else:
            del self._held[subject]
        self._note(subject)

    def withdraw(self) -> None:
        """The node is about to end: its sockets count no more, so that their clients can open the next ones elsewhere first."""
        if not self._is_leaving:
            self._is_leaving = True
            for subject in self._held:
                self._note(subject)

    async def run(self) -> None:
        """Does not return; runs under the supervisor."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._has_news.wait()
            self._has_news.clear()
            if loop.time() >= due:
                due = loop.time() + RENEW_S
                self._untold |= dict.fromkeys(self._held)
            with suppress(RedisUnavailable):
                await self.tell()

    async def tell(self) -> None:
        """Tells Redis what it may not know. Raises RedisUnavailable when all have been tried; those that could not be told are told at the
        next call."""
        failed: dict[str, None] = {}
        while self._untold:
            subjects = list(self._untold)[:BATCH]
            for subject in subjects:
                del self._untold[subject]
            of_keys = {self._key(subject): subject for subject in subjects}
            groups = self._connection.together(list(of_keys))
            told = await asyncio.gather(*(self._tell_of([of_keys[key] for key in group]) for group in groups))
            failed |= dict.fromkeys(subject for group in told for subject in group)
        if failed:
            self._untold |= failed
            raise RedisUnavailable("not all could be told")

    async def _tell_of(self, subjects: Sequence[str]) -> Sequence[str]:
        """Of users whose keys one script may name; those that could not be told."""
        counts = [0 if self._is_leaving else self._held.get(one, 0) for one in subjects]
        try:
            await self._tell.run(len(subjects), *map(self._key, subjects), self._name, round(LEASE_S * 1000), *counts)
        except RedisUnavailable:
            return subjects
        return ()

    async def _ask(self, subject: str) -> bool:
        held = self._held[subject]
        if not self._is_leaving:
            with suppress(RedisUnavailable):
                lease_ms = round(LEASE_S * 1000)
                return bool(await self._enter.run(1, self._key(subject), self._name, held, self._most, lease_ms))
        return held <= math.ceil(self._most / self._nodes())

    def _note(self, subject: str) -> None:
        self._untold[subject] = None
        self._has_news.set()

    def _key(self, subject: str) -> str:
        return f"{self._prefix}:sockets:{{{subject}}}"
