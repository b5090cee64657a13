"""What a topic is in Redis: the names of its keys, the form of its entries, and the one script that appends to it.

An entry's id is `0-<offset>`. Beside the stream stand its epoch, the ids of the events that it has taken, the token of the
youngest mover, and a key that wakes the mover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

MEMORY = 10_000
"""Ids of events that a topic remembers at least. What can come twice is one batch of a mover that fell between appending it
and deleting its rows, or a little more where PostgreSQL fell back to a replica."""
MEMORY_MS = 86_400_000
"""And for so long without a new event."""

APPEND = """
local stream, epoch_key, seen, mover = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local token, fresh, history, keep_ms, memory, memory_ms = unpack(ARGV, 1, 6)
if tonumber(redis.call('GET', mover) or '0') > tonumber(token) then
  return -1
end
redis.call('SET', mover, token, 'PX', memory_ms)
local epoch = redis.call('GET', epoch_key)
local function begin()
  epoch = fresh
  redis.call('SET', epoch_key, epoch)
end
local function add(at)
  local id = redis.pcall('XADD', stream, 'MAXLEN', '~', history, '0-*',
    'epoch', epoch, 'pkg_id', ARGV[at + 1], 'event_id', ARGV[at], 'event', ARGV[at + 2], 'at_ms', ARGV[at + 3])
  if type(id) == 'table' then
    return nil, id
  end
  return tonumber(string.match(id, '%d+$')), nil
end
if not epoch or redis.call('EXISTS', stream) == 0 then
  begin()
end
local time, last = redis.call('TIME'), 0
for at = 7, #ARGV, 4 do
  if not redis.call('ZSCORE', seen, ARGV[at]) then
    local offset, refusal = add(at)
    if refusal and (string.find(refusal.err, '^ERR') or string.find(refusal.err, '^WRONGTYPE')) then
      redis.call('DEL', stream)
      begin()
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
redis.call('PEXPIRE', seen, memory_ms)
redis.call('PEXPIRE', stream, keep_ms)
redis.call('PEXPIRE', epoch_key, keep_ms)
return last
"""
"""KEYS: stream, epoch, seen, mover. ARGV: token, a new epoch, history, keep ms, memory, memory ms, then for each event its id,
PkgID, JSON and time in milliseconds. Answers the offset of the last event that was new, 0 if none was, -1 if a younger mover has been here.

In one step, so that an entry's epoch is always the one of the stream it stands in, and an event is either in the stream and
remembered or neither. A stream that takes no entry, since a stranger has written into it, is begun anew.
"""


@dataclass(frozen=True, slots=True)
class Keys:
    """All in one slot of a cluster. They expire with the topic's silence: stream and epoch after its `keep_s`, what was
    seen and the mover's token after a day; the nudge stays, as one entry."""

    stream: str
    epoch: str
    seen: str
    mover: str
    nudge: str

    @classmethod
    def of(cls, prefix: str, topic: str) -> Self:
        """`prefix` parts products, and tests, that share a Redis."""
        return cls(*(f"{prefix}:{{{topic}}}:{name}" for name in ("stream", "epoch", "seen", "mover", "nudge")))


def offset_of(entry_id: bytes) -> int:
    """0 for an id that is none of ours."""
    time, _, offset = entry_id.partition(b"-")
    return int(offset) if time == b"0" and offset.isdigit() else 0


def pairs(answer: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """The entries of an XREAD by stream: RESP3 answers with a map of lists of batches, RESP2 with a list of pairs."""
    if isinstance(answer, dict):
        return [(name, [entry for batch in batches for entry in batch]) for name, batches in answer.items()]
    return list(answer or [])
