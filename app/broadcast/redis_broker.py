"""Events over one Redis stream per topic, wherever its server is: one node appends, and each node reads what somebody follows there.

Promises: offsets are the stream's own and without gaps; an event that is appended again stands in the stream once; a stream
that was lost, or fell back behind what was heard of it, begins a new epoch, seen within 3 s.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from app.broadcast.broker import Audience, NotAppended, Nudged, Pending, Superseded
from app.broadcast.redis_history import EventDecoder, RedisHistory, TopicHistory
from app.broadcast.redis_relay import LINGER_S, RedisRelay, StreamWatcher, forget
from app.broadcast.redis_stream import APPEND, MEMORY, MEMORY_MS
from app.broadcast.stream_reader import StreamReader
from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from generated.product import NAME

RETURN_S = 1.5
"""After an outage every relay reads again: longer than a relay's delay and its connecting."""
MAX_BYTES = 262_144
"""Of one step, in the connection that everybody uses."""


class RedisBroker:
    """`connection` is everybody's, for what is short, and closed by who made it; `aclose` closes those that block, which
    `make_reader(where)` makes. `watcher` hears what was read and what was not. `history` and `reading` are the ports of those names."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        topics: Mapping[str, TopicHistory],
        codecs: Mapping[int, EventDecoder],
        prefix: str = NAME,
        watcher: StreamWatcher | None = None,
        make_reader: Callable[[Callable[[], str | None]], StreamReader] = StreamReader,
        linger_s: float = LINGER_S,
    ) -> None:
        self.history = RedisHistory(connection, topics=topics, codecs=codecs, prefix=prefix)
        self.reading = RedisRelay(connection, self.history, watcher=watcher, make_reader=make_reader, linger_s=linger_s)
        self._connection = connection
        self._append = Script(connection, APPEND.encode())

    async def aclose(self) -> None:
        """After the relay."""
        await self.reading.aclose()

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        """At most a quarter of the history in one step; then this node's relay is given time to read it.

        What leaves the history unread is lost to a node. So after Redis was away, the relays of the others are given
        time too. A step has 256 KiB at most, or one event.
        """
        taken, lane = _first(events, max(1, self.history.topics[topic].history // 4)), self.reading.lane_of[topic]
        try:
            last = await self._run_append(topic, token, taken)
        except RedisUnavailable as error:
            lane.was_away = True
            raise NotAppended(topic) from error
        if last < 0:
            raise Superseded(topic)
        if lane.was_away:
            lane.was_away = False
            await asyncio.sleep(RETURN_S)
        await self.reading.let_follow(topic, last)
        return len(taken)

    async def _run_append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        kept, keys = self.history.topics[topic], self.history.keys[topic]
        given: list[Any] = [4, keys.stream, keys.epoch, keys.seen, keys.mover]
        given += [token, secrets.token_hex(8), kept.history, MEMORY, MEMORY_MS]
        given += self.history.known(topic)
        for event in events:
            given += (event.event_id, event.pkg_id, event.data, event.at_ms, event.name, event.traceparent)
        answer: Any = await self._append.run(*given)
        if not isinstance(answer, list):
            return int(answer)
        last, epoch = int(answer[0]), bytes(answer[1])
        self.history.know(topic, epoch, last)
        return last

    def nudge(self, topic: str) -> None:
        """One entry is enough, however many events wait: it is read after them."""
        with suppress(RedisUnavailable):
            keys = self.history.keys[topic]
            self._connection.call(b"XADD", keys.nudge, b"MAXLEN", 1, b"*", b"t", b"1").add_done_callback(forget)

    async def relay(self, audience: Audience, mover: Nudged) -> None:
        await self.reading.run(audience, mover)


def _first(events: Sequence[Pending], count: int) -> Sequence[Pending]:
    """The first `count`, fewer if they are large, one at least: others use the connection too."""
    size = 0
    for index, event in enumerate(events[:count]):
        size += len(event.data)
        if size > MAX_BYTES and index:
            return events[:index]
    return events[:count]
