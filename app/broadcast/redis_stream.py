"""What a topic is in Redis: the names of its keys, the form of its entries, and the scripts that change it.

An entry's id is `0-<offset>`. Beside the stream stand its epoch, the ids of the events that it has taken, the token of the
youngest mover, and a key that wakes the mover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from app.broadcast.broker import MAX_OFFSET

MEMORY = 10_000
"""Ids of events that a topic remembers at least. What can come twice is one batch of a mover that fell between appending it
and deleting its rows, or a little more where PostgreSQL fell back to a replica."""
MEMORY_MS = 86_400_000
"""All that there is of a topic goes so long after the last node looked at it."""

LIBRARY = """
local function last_offset(stream)
  local found = redis.pcall('XINFO', 'STREAM', stream)
  for at = 1, #found, 2 do
    if found[at] == 'last-generated-id' then
      return tonumber(string.match(found[at + 1], '^0%-(%d+)$')) or -1
    end
  end
  return -1
end
local function begin(stream, epoch_key, epoch)
  redis.call('DEL', stream)
  redis.call('XGROUP', 'CREATE', stream, 'none', '0', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', stream, 'none')
  redis.call('SET', epoch_key, epoch)
  return epoch
end
local function current(stream, epoch_key, fresh, known_epoch, known)
  local epoch, last = redis.call('GET', epoch_key), last_offset(stream)
  if not epoch or last < 0 or (epoch == known_epoch and last < tonumber(known)) then
    return begin(stream, epoch_key, fresh)
  end
  return epoch
end
"""
"""A stream is begun anew, empty and with another epoch, where there is none, where a stranger's key stands in its place or a stranger's
entry is its last, and where it ends before what the caller knows of it: Redis fell back to a replica that had less, and offsets that
were heard would come again for other events. Only a group of readers can make a stream that is empty.
"""

APPEND = (
    LIBRARY
    + """
local stream, epoch_key, seen, mover = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, fresh, history, memory, memory_ms, known_epoch, known = unpack(ARGV, 1, 7)
if tonumber(redis.call('GET', mover) or '0') > tonumber(token) then
  return -1
end
redis.call('SET', mover, token, 'PX', memory_ms)
local epoch = current(stream, epoch_key, fresh, known_epoch, known)
local function add(at)
  local fields = {'epoch', epoch, 'pkg_id', ARGV[at + 1], 'event_id', ARGV[at], 'event', ARGV[at + 2], 'at_ms', ARGV[at + 3],
    'name', ARGV[at + 4]}
  if ARGV[at + 5] ~= '' then
    fields[13], fields[14] = 'traceparent', ARGV[at + 5]
  end
  local id = redis.pcall('XADD', stream, 'MAXLEN', '~', history, '0-*', unpack(fields))
  if type(id) == 'table' then
    return nil, id
  end
  return tonumber(string.match(id, '%d+$')), nil
end
local time, last = redis.call('TIME'), 0
for at = 8, #ARGV, 6 do
  if not redis.call('ZSCORE', seen, ARGV[at]) then
    local offset, refusal = add(at)
    if refusal and string.find(refusal.err, '^ERR') then
      epoch = begin(stream, epoch_key, fresh)
      offset, refusal = add(at)
    end
    if refusal then
      return refusal
    end
    redis.call('ZADD', seen, time[1] * 1000000 + time[2], ARGV[at])
    last = offset
  end
end
redis.call('ZREMRANGEBYRANK', seen, 0, -1 - memory)
for _, key in ipairs({stream, epoch_key, seen}) do
  redis.call('PEXPIRE', key, memory_ms)
end
return {last, epoch}
"""
)
"""KEYS: stream, epoch, seen, mover. ARGV: token, a new epoch, history, memory, memory ms, the epoch and the last offset that the caller
knows, then for each event its id, PkgID, JSON, time in milliseconds, the name of the topic and the span that published it, or nothing. Answers the offset
of the last event that was new, 0 if none was, with the epoch; -1 if a younger mover has been here.

In one step, so that an entry's epoch is always the one of the stream it stands in, and an event is either in the stream and
remembered or neither.
"""

LOOK = (
    LIBRARY
    + """
local stream, epoch_key = KEYS[1], KEYS[2]
local fresh, keep_ms, memory_ms, known_epoch, known = unpack(ARGV)
local epoch = current(stream, epoch_key, fresh, known_epoch, known)
local entry, time = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1], redis.call('TIME')
for at = 1, entry and #entry[2] or 0, 2 do
  local written = entry[2][at] == 'at_ms' and tonumber(entry[2][at + 1])
  if written and written > 0 and written + keep_ms < time[1] * 1000 then
    redis.call('XTRIM', stream, 'MAXLEN', 0)
  end
end
redis.call('PEXPIRE', stream, memory_ms)
redis.call('PEXPIRE', epoch_key, memory_ms)
return {epoch, last_offset(stream)}
"""
)
"""KEYS: stream, epoch. ARGV: a new epoch, keep ms, memory ms, the epoch and the last offset that the caller knows. Answers the epoch
and the last offset.

So that a topic has a position before its first event, and one that was silent for its time keeps it without its history."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All in one slot of a cluster. The nudge stays, as one entry."""

    stream: str
    epoch: str
    seen: str
    mover: str
    nudge: str

    @classmethod
    def of(cls, prefix: str, topic: str) -> Self:
        """`prefix` parts products, and tests, that share a Redis."""
        return cls(*(f"{prefix}:{{{topic}}}:{name}" for name in ("stream", "epoch", "seen", "mover", "nudge")))


def wake_key(keys: Keys, node: str) -> str:
    """Of one node, in the slot of the topic; its only entry goes by itself."""
    return f"{keys.stream.removesuffix('stream')}wake:{node}"


def offset_of(entry_id: bytes) -> int:
    """0 for an id that is none of ours."""
    time, _, offset = entry_id.partition(b"-")
    return int(offset) if time == b"0" and offset.isdigit() and int(offset) <= MAX_OFFSET else 0
