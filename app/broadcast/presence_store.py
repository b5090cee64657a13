"""Who is present under a topic's name, in Redis: which node holds which user there, until when, and what has changed since.

Promises: a user joins when the first node holds him and leaves when the last one does no more, once each, whichever nodes ask at the same time;
what a node held that says nothing any more is taken from it when its lease has ended, by whichever node looks first. Time is Redis's.
"""

from __future__ import annotations

import secrets
from asyncio import CancelledError
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from app.db.pipelined_redis import RedisConnection, Script
from generated.product import NAME

PIECE = 500
"""Users of one step that are told, read or taken from a dead node, so that no other command waits for long."""
KEPT = 1_000
"""Users of whom it is remembered that they have left; a reader that was away for more of them reads all that are there."""
PARTS = ("state", "leases", "holdings", "counts", "present", "left")

SYNC = """
local state, leases, holdings, counts, present, left = unpack(KEYS)
local node, fresh, lease, may_sweep, stays, known_epoch, known, whole_at, channel, piece, kept = unpack(ARGV, 1, 11)
lease, piece, kept = tonumber(lease), tonumber(piece), tonumber(kept)
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local until_then = string.format('%.0f', now + lease)
local epoch = redis.call('HGET', state, 'epoch')
if not epoch then
  redis.call('DEL', leases, holdings, counts, present, left)
  redis.call('HSET', state, 'epoch', fresh, 'revision', 0, 'floor', 0)
  epoch = fresh
end
local before = tonumber(redis.call('HGET', state, 'revision'))
local revision, joined, gone, lost, is_more = before, 0, 0, 0, 0

local function hold(user)
  if redis.call('ZADD', holdings, 0, node .. ' ' .. user) == 1 and redis.call('HINCRBY', counts, user, 1) == 1 then
    revision = revision + 1
    redis.call('ZREM', left, user)
    redis.call('ZADD', present, revision, user)
    joined = joined + 1
  end
end
local function release(holder, user)
  if redis.call('ZREM', holdings, holder .. ' ' .. user) == 1 and redis.call('HINCRBY', counts, user, -1) < 1 then
    revision = revision + 1
    redis.call('HDEL', counts, user)
    redis.call('ZREM', present, user)
    redis.call('ZADD', left, revision, user)
    return 1
  end
  return 0
end
local function held_by(holder, most)
  return redis.call('ZRANGEBYLEX', holdings, '[' .. holder .. ' ', '(' .. holder .. '!', 'LIMIT', 0, most)
end

local is_anew = (tonumber(redis.call('ZSCORE', leases, node) or 0) or 0) <= now
for at = 12, #ARGV, 2 do
  if ARGV[at + 1] == '1' then
    hold(ARGV[at])
  else
    gone = gone + release(node, ARGV[at])
  end
end
if stays == '1' then
  redis.call('ZADD', leases, until_then, node)
elseif #held_by(node, 1) == 0 then
  redis.call('ZREM', leases, node)
end
for _, ahead in ipairs(redis.call('ZRANGEBYSCORE', leases, '(' .. until_then, '+inf')) do
  redis.call('ZADD', leases, until_then, ahead)
end
local dead = may_sweep == '1' and redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 1)[1]
if dead then
  local held = held_by(dead, piece)
  for _, one in ipairs(held) do
    lost = lost + release(dead, string.sub(one, #dead + 2))
  end
  if #held < piece then
    redis.call('ZREM', leases, dead)
  end
  is_more = 1
end

if revision > before then
  redis.call('HSET', state, 'revision', revision)
  local spare = redis.call('ZCARD', left) - kept
  if spare > 0 then
    redis.call('HSET', state, 'floor', redis.call('ZRANGE', left, spare - 1, spare - 1, 'WITHSCORES')[2])
    redis.call('ZREMRANGEBYRANK', left, 0, spare - 1)
  end
  redis.call('PUBLISH', channel, epoch .. ' ' .. string.format('%.0f', revision))
end
for at = 1, #KEYS do
  redis.call('PEXPIRE', KEYS[at], 4 * lease)
end

local answer = {epoch, revision, is_anew and 1 or 0, is_more, joined, gone, lost, 0, revision, {}}
if known == '' then
  return answer
end
local from = tonumber(known)
if known_epoch ~= epoch or from > revision or tonumber(whole_at) < tonumber(redis.call('HGET', state, 'floor')) then
  from, answer[8] = 0, 1
end
local here = redis.call('ZRANGEBYSCORE', present, '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, piece)
local away = redis.call('ZRANGEBYSCORE', left, '(' .. from, '+inf', 'WITHSCORES', 'LIMIT', 0, piece)
local one, other, told = 1, 1, answer[10]
while #told < 2 * piece and (here[one] or away[other]) do
  local is_here = here[one] and (not away[other] or tonumber(here[one + 1]) < tonumber(away[other + 1]))
  if is_here then
    told[#told + 1], told[#told + 2], answer[9] = here[one], 1, tonumber(here[one + 1])
    one = one + 2
  else
    told[#told + 1], told[#told + 2], answer[9] = away[other], 0, tonumber(away[other + 1])
    other = other + 2
  end
end
if #told < 2 * piece then
  answer[9] = revision
end
return answer
"""
"""KEYS: PARTS. ARGV: node, a new epoch, lease ms, whether it may take from others, whether it holds anybody still, the epoch and the revision that
were read (the latter empty: nothing is asked), the revision from which on each change was read, the channel, PIECE, KEPT; then each user
whose state has changed at this node, and 1 or 0.

Answers: epoch, revision, whether the node had no lease, whether there may be more to take, how many have joined, left and been lost, whether what
follows begins with the first one, up to which revision it goes, and each user who has changed in it with 1 or 0, the earliest first.

Each change has a revision of its own, and of a user only the last one is known, so that there is never more to read than there are users. A lease that
ends later than any can was given by a clock that has been set back; it counts from now.
"""


CONNECT_S = 1.0
SILENCE_S = 5.0
"""After it a server is asked whether it is there; after as much again it is not."""


@dataclass(frozen=True, slots=True)
class Read:
    """How far a name was read: all up to `revision`. Leavers are known since `whole_at`: with a later one what is remembered of them must begin."""

    epoch: str = ""
    revision: int = 0
    whole_at: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one step has found and done. `changes` are users, and whether they are present now."""

    epoch: str
    revision: int
    is_lease_new: bool
    """Redis did not know what this node holds: but for the users of this step it does not know them now."""
    may_sweep_more: bool
    joined: int
    left: int
    lost: int
    begins_anew: bool
    upto: int
    changes: Sequence[tuple[str, bool]]

    @property
    def is_whole(self) -> bool:
        """Nothing is left to read."""
        return self.upto == self.revision


class PresenceStore:
    """Of one worker, which has a name of its own."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        lease_s: float,
        silence_s: float = SILENCE_S,
        prefix: str = NAME,
    ) -> None:
        self._sync = Script(connection, SYNC.encode())
        self._connection = connection
        self._lease_ms = round(lease_s * 1000)
        self._silence_s = silence_s
        self._prefix = prefix
        self._node = secrets.token_hex(8)
        self._own_channel = f"{prefix}:presence"
        """Nobody says anything there; it is heard so that there is always a connection."""
        self._heard: PubSub | None = None
        self._names: set[str] = set()
        """Those that are heard."""

    async def sync(
        self, name: str, users: Collection[tuple[str, bool]], read: Read | None, *, stays: bool, may_sweep: bool
    ) -> Answer:
        """Tells of at most PIECE users whether this node holds them, renews its lease, takes what dead nodes held, and reads on from `read`. What is told
        again changes nothing. Raises RedisUnavailable; then it may have been done."""
        known = ("", "", "") if read is None else (read.epoch, read.revision, read.whole_at)
        keys = [self._key(name, part) for part in PARTS]
        given = [self._node, secrets.token_hex(8), self._lease_ms, int(may_sweep), int(stays), *known]
        pairs = [part for user, is_held in users for part in (user, int(is_held))]
        answer = await self._sync.run(len(keys), *keys, *given, self._channel(name), PIECE, KEPT, *pairs)
        return _answer(answer)

    async def touch(self) -> None:
        """Asks whether there is an answer. Raises RedisUnavailable."""
        await self._connection.ask(b"EXISTS", self._own_channel)

    async def listen(self, names: Collection[str], on_change: Callable[[str, str, int], None]) -> None:
        """Until the connection is lost: `on_change(name, epoch, revision)` for each change of a name that is heard; epoch and revision are empty when it begins
        to be heard. Raises RedisError and OSError."""
        url = self._connection.url_of(self._own_channel)
        if url is None:
            raise RedisConnectionError("no server is known")
        client = Redis.from_url(
            url, socket_timeout=SILENCE_S, socket_connect_timeout=CONNECT_S, retry=Retry(NoBackoff(), 0)
        )
        heard = client.pubsub()
        try:
            await heard.subscribe(self._own_channel, *(self._channel(one) for one in names))
            self._heard, self._names = heard, set(names)
            await self._listen(heard, on_change)
        finally:
            self._heard = None
            with suppress(RedisError, OSError, CancelledError):
                await heard.aclose()  # type: ignore[no-untyped-call]  # redis-py says no types of it.
                await client.aclose()

    async def _listen(self, heard: PubSub, on_change: Callable[[str, str, int], None]) -> None:
        is_asked = False
        while True:
            message = await heard.get_message(timeout=self._silence_s)
            if message is not None:
                is_asked = False
                self._tell(message, on_change)
            elif is_asked:
                raise RedisConnectionError("silent")
            else:
                is_asked = True
                await heard.ping()

    async def hear(self, name: str) -> None:
        """From now on, if anything is listened to at all; else when it is. A name that is heard already is no error."""
        if self._heard is not None and name not in self._names:
            self._names.add(name)
            with suppress(RedisError, OSError):
                await self._heard.subscribe(self._channel(name))

    async def ignore(self, name: str) -> None:
        """From now on; one that is not heard is no error."""
        if self._heard is not None and name in self._names:
            self._names.remove(name)
            with suppress(RedisError, OSError):
                await self._heard.unsubscribe(self._channel(name))

    def _tell(self, message: dict[str, Any], on_change: Callable[[str, str, int], None]) -> None:
        if message["type"] not in ("subscribe", "message"):
            return
        channel = message["channel"].decode()
        name = channel.removeprefix(f"{self._prefix}:presence:{{").removesuffix("}")
        if message["type"] == "message":
            epoch, _, revision = message["data"].decode(errors="replace").partition(" ")
            on_change(name, epoch, int(revision) if revision.isdecimal() else 0)
        elif channel != self._own_channel:
            on_change(name, "", 0)

    def _key(self, name: str, part: str) -> str:
        return f"{self._channel(name)}:{part}"

    def _channel(self, name: str) -> str:
        """All that there is of a name is in one slot of a cluster."""
        return f"{self._prefix}:presence:{{{name}}}"


def _answer(answer: Any) -> Answer:
    epoch, revision, is_new, is_more, joined, left, lost, begins_anew, upto, told = answer
    users = [(user.decode(), bool(is_here)) for user, is_here in zip(told[::2], told[1::2], strict=True)]
    return Answer(
        epoch.decode(), revision, bool(is_new), bool(is_more), joined, left, lost, bool(begins_anew), upto, users
    )
