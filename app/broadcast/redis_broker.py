"""Events over one Redis stream per topic, wherever its server is: one node appends, every node reads, and who lost its connection reads on.

Promises: offsets are the stream's own and without gaps; an event that is appended again stands in the stream once; a stream
that was lost, or fell back behind what was heard of it, begins a new epoch, seen within 3 s; no entry ends the relay. Does not
promise that a node which was away longer than the history misses nothing: its audience is told, and it is logged.
"""

from __future__ import annotations

import asyncio
import secrets
from asyncio import Future
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog
from redis.exceptions import RedisError

from app.broadcast.broker import (
    Audience,
    Delivery,
    Hole,
    NotAppended,
    NotKept,
    Nudged,
    Pending,
    Position,
    Superseded,
)
from app.broadcast.redis_stream import APPEND, LOOK, MEMORY, MEMORY_MS, Keys, offset_of
from app.broadcast.stream_reader import StreamReader
from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from app.supervision.together import together
from generated.errors import Unavailable
from generated.product import NAME

CHECK_EVERY_S = 2.0
"""How often epochs are looked at, so that a stream that was lost while nothing is sent is noticed too."""
BATCH = 200
FIRST_DELAY_S = 0.1
MAX_DELAY_S = 1.0
RETURN_S = 1.5
"""After an outage every relay reads again: longer than a relay's delay and its connecting."""
MAX_BYTES = 262_144
"""Of one step, in the connection that everybody uses."""
START = b"0-0"
END = b"$"
MAX_LAG_S = 1.0
"""How long the mover waits for a relay that is behind; then its node may miss events, and says so."""
LAG_CHECK_S = 0.005

logger = structlog.get_logger(__name__)


class TopicHistory(Protocol):
    """`history` entries are kept at least, until the last one is older than `keep_s` seconds; a node that was away for longer
    misses some."""

    @property
    def history(self) -> int: ...
    @property
    def keep_s(self) -> float: ...


class EventDecoder(Protocol):
    """What it raises costs that entry, which is logged, and nothing else."""

    def decode_json(self, data: bytes, /) -> Any: ...


class StreamWatcher(Protocol):
    """As `app.telemetry.metrics.events`."""

    def missed(self, topic: str, count: int) -> None: ...
    def read_failed(self) -> None: ...


@dataclass(slots=True)
class Lane:
    """Streams that one read may name: all there are, or in a cluster those of one slot."""

    streams: Sequence[str]
    reader: StreamReader
    """Blocks for up to 1 s, so its connection is its own."""
    reads: int = 0
    """That were answered."""
    was_away: bool = False
    """An append has failed since the last one that did not."""


class RedisBroker:
    """`connection` is everybody's, for what is short, and closed by who made it; what blocks has connections of its own, which
    `make_reader(where)` makes and `aclose` closes. `watcher` hears what was read and what was not."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        topics: Mapping[str, TopicHistory],
        codecs: Mapping[int, EventDecoder],
        prefix: str = NAME,
        watcher: StreamWatcher | None = None,
        make_reader: Callable[[Callable[[], str | None]], StreamReader] = StreamReader,
    ) -> None:
        self._watcher = watcher
        self._connection = connection
        self._topics = topics
        self._codecs = codecs
        self._append = Script(connection, APPEND.encode())
        self._look = Script(connection, LOOK.encode())
        self._keys = {topic: Keys.of(prefix, topic) for topic in topics}
        self._streams = {keys.stream: topic for topic, keys in self._keys.items()}
        self._nudges = {keys.nudge: topic for topic, keys in self._keys.items()}
        self._positions: dict[str, bytes] = {}
        self._epochs: dict[str, bytes | None] = {}
        self._known: dict[str, tuple[bytes, int]] = {}
        """Epoch and offset of the last event that this node appended or read, by topic."""
        self._is_relaying = False
        self._lanes = [
            Lane(streams, make_reader(partial(connection.url_of, streams[0])))
            for streams in connection.together(list(self._streams))
        ]
        self._lane_of = {self._streams[stream]: lane for lane in self._lanes for stream in lane.streams}

    async def aclose(self) -> None:
        """After the relay."""
        for lane in self._lanes:
            await lane.reader.aclose()

    async def append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        """At most a quarter of the history in one step; then this node's relay is given time to read it.

        What leaves the history unread is lost to a node. So after Redis was away, the relays of the others are given
        time too. A step has 256 KiB at most, or one event.
        """
        taken, lane = _first(events, max(1, self._topics[topic].history // 4)), self._lane_of[topic]
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
        await self._let_relay_follow(topic, last)
        return len(taken)

    async def _run_append(self, topic: str, token: int, events: Sequence[Pending]) -> int:
        kept, keys = self._topics[topic], self._keys[topic]
        given: list[Any] = [4, keys.stream, keys.epoch, keys.seen, keys.mover]
        given += [token, secrets.token_hex(8), kept.history, MEMORY, MEMORY_MS]
        given += self._known.get(topic, (b"", 0))
        for event in events:
            given += (event.event_id, event.pkg_id, event.data, event.at_ms, event.name, event.traceparent)
        answer: Any = await self._append.run(*given)
        if not isinstance(answer, list):
            return int(answer)
        last, epoch = int(answer[0]), bytes(answer[1])
        self._know(topic, epoch, last)
        return last

    def _know(self, topic: str, epoch: bytes, offset: int) -> None:
        known = self._known.get(topic)
        self._known[topic] = (epoch, max(offset, known[1])) if known and known[0] == epoch else (epoch, offset)

    async def _let_relay_follow(self, topic: str, last: int) -> None:
        """Waits while it is half a history behind, for 1 s."""
        half, stream, waited_s = self._topics[topic].history // 2, self._keys[topic].stream, 0.0
        while (
            self._is_relaying and last - offset_of(self._positions.get(stream, START)) > half and waited_s < MAX_LAG_S
        ):
            await asyncio.sleep(LAG_CHECK_S)
            waited_s += LAG_CHECK_S

    def nudge(self, topic: str) -> None:
        """One entry is enough, however many events wait: it is read after them."""
        with suppress(RedisUnavailable):
            future = self._connection.call(b"XADD", self._keys[topic].nudge, b"MAXLEN", 1, b"*", b"t", b"1")
            future.add_done_callback(_forget)

    async def end(self, topic: str) -> Position:
        try:
            epoch, offset = await self._look_at(topic)
        except RedisUnavailable as error:
            raise Unavailable from error
        return Position(epoch.decode(errors="replace"), offset)

    async def _look_at(self, topic: str) -> tuple[bytes, int]:
        """The epoch and the last offset. Raises RedisUnavailable."""
        keys, known = self._keys[topic], self._known.get(topic, (b"", 0))
        keep_ms = int(self._topics[topic].keep_s * 1000)
        given = (secrets.token_hex(8), keep_ms, MEMORY_MS, *known)
        epoch, offset = await self._look.run(2, keys.stream, keys.epoch, *given)
        return epoch, offset

    async def read(self, topic: str, after: Position, count: int) -> Sequence[Delivery | Hole]:
        keys, begin = self._keys[topic], f"(0-{after.offset}"
        try:
            epoch = await self._connection.ask(b"GET", keys.epoch)
            entries = await self._connection.ask(b"XRANGE", keys.stream, begin, b"+", b"COUNT", count)
        except RedisUnavailable as error:
            raise Unavailable from error
        if not entries or epoch != after.epoch.encode() or offset_of(entries[0][0]) != after.offset + 1:
            raise NotKept(topic)
        found = [self._entry(topic, entry_id, _pairs_of(fields)) for entry_id, fields in entries]
        return [one if one.epoch == after.epoch else Hole(topic, one.offset, after.epoch) for one in found]

    async def find_ends(self, audience: Audience) -> None:
        """From now on every event is delivered. Redis may be away: then the streams are read from their beginning."""
        for topic, keys in self._keys.items():
            with suppress(RedisUnavailable):
                self._epochs[keys.stream], offset = await self._look_at(topic)
                self._positions[keys.stream] = b"0-%d" % offset
                self._move(audience, keys.stream, lost=False)

    def _move(self, audience: Audience, stream: str, *, lost: bool) -> None:
        """To the position that was read to."""
        topic, epoch = self._streams[stream], self._epochs[stream] or b""
        offset = offset_of(self._positions[stream])
        self._know(topic, epoch, offset)
        audience.move(topic, Position(epoch.decode(errors="replace"), offset), lost=lost)

    async def relay(self, audience: Audience, mover: Nudged) -> None:
        """Reads on from where an earlier call ended; a server that is away is waited for with a doubling delay."""
        self._is_relaying = True
        try:
            if not self._lanes:
                await asyncio.Event().wait()  # A contract without events.
            await together(*(self._relay(lane, audience, mover) for lane in self._lanes))
        finally:
            self._is_relaying = False

    async def _relay(self, lane: Lane, audience: Audience, mover: Nudged) -> None:
        delay_s = FIRST_DELAY_S
        while True:
            reads = lane.reads
            try:
                await self._read_on(lane, audience, mover)
            except (RedisError, OSError) as error:
                delay_s = FIRST_DELAY_S if lane.reads > reads else min(delay_s * 2, MAX_DELAY_S)
                if self._watcher is not None:
                    self._watcher.read_failed()
                logger.warning("broadcast.read_failed", error=type(error).__name__, delay_s=delay_s)
            await asyncio.sleep(delay_s)

    async def _read_on(self, lane: Lane, audience: Audience, mover: Nudged) -> None:
        """One read after the other, until one fails."""
        checked_at, loop = float("-inf"), asyncio.get_running_loop()
        while True:
            if loop.time() - checked_at >= CHECK_EVERY_S:
                await self._check_positions(lane, audience)
                checked_at = loop.time()
            await self._read(lane, audience, mover)
            lane.reads += 1

    async def _check_positions(self, lane: Lane, audience: Audience) -> None:
        """A stream of another epoch is read from its start: its numbers say nothing about ours."""
        for stream in lane.streams:
            with suppress(RedisUnavailable):
                epoch, _ = await self._look_at(self._streams[stream])
                self._begin_epoch(audience, stream, epoch)

    async def _read_epoch(self, topic: str) -> bytes | None:
        return await self._lane_of[topic].reader.get(self._keys[topic].epoch)

    def _begin_epoch(self, audience: Audience, stream: str, epoch: bytes) -> bool:
        """Whether what is read next is the stream's start."""
        known = self._epochs.get(stream)
        self._epochs[stream] = epoch
        if known == epoch:
            return False
        is_other = known is not None or self._positions.get(stream, START) != START
        if is_other:
            logger.error(
                "event.stream_began_anew",
                topic=self._streams[stream],
                read_to=offset_of(self._positions.get(stream, START)),
            )
        self._positions[stream] = START
        self._move(audience, stream, lost=is_other)
        return is_other

    async def _read(self, lane: Lane, audience: Audience, mover: Nudged) -> None:
        positions = {stream: self._positions.get(stream, START) for stream in lane.streams}
        for stream in lane.streams:
            topic = self._streams[stream]
            if mover.moves(topic):
                name = self._keys[topic].nudge
                positions[name] = self._positions.get(name, END)
        for key, entries in await lane.reader.read(positions, count=BATCH):
            name = key.decode()
            if name in self._nudges:
                self._positions[name] = entries[-1][0]
                mover.nudge(self._nudges[name])
            else:
                await self._hand_over_all(audience, name, entries)

    async def _hand_over_all(
        self, audience: Audience, stream: str, entries: list[tuple[bytes, dict[bytes, bytes]]]
    ) -> None:
        for entry_id, fields in entries:
            epoch = fields.get(b"epoch", b"")
            if epoch not in (b"", self._epochs.get(stream)) and await self._has_begun_anew(audience, stream, epoch):
                return
            self._note_gap(audience, stream, entry_id)
            self._positions[stream] = entry_id
            self._hand_over(audience, stream, self._entry(self._streams[stream], entry_id, fields))

    async def _has_begun_anew(self, audience: Audience, stream: str, claimed: bytes) -> bool:
        """An entry may claim any epoch; which one it is, the key says, unless the stream is gone meanwhile."""
        return self._begin_epoch(audience, stream, await self._read_epoch(self._streams[stream]) or claimed)

    def _note_gap(self, audience: Audience, stream: str, entry_id: bytes) -> None:
        before, offset = offset_of(self._positions.get(stream, START)), offset_of(entry_id)
        if before and offset > before + 1:
            if self._watcher is not None:
                self._watcher.missed(self._streams[stream], offset - before - 1)
            logger.error("event.missed", topic=self._streams[stream], count=offset - before - 1)
            self._positions[stream] = b"0-%d" % (offset - 1)
            self._move(audience, stream, lost=True)

    def _hand_over(self, audience: Audience, stream: str, entry: Delivery | Hole) -> None:
        epoch = self._epochs.get(stream)
        if isinstance(entry, Delivery) and entry.epoch.encode() == epoch:
            try:
                audience.deliver(entry)
            except Exception as error:
                logger.error("event.not_delivered", topic=entry.topic, offset=entry.offset, error=type(error).__name__)
            self._know(entry.topic, epoch, entry.offset)
        elif epoch is not None:
            self._move(audience, stream, lost=True)

    def _entry(self, topic: str, entry_id: bytes, fields: Mapping[bytes, bytes]) -> Delivery | Hole:
        """One that cannot be read, written by a newer release perhaps, is logged."""
        offset, epoch = offset_of(entry_id), fields.get(b"epoch", b"").decode(errors="replace")
        try:
            if not offset or not epoch:
                raise ValueError("the entry is none of this epoch")
            pkg_id, data, name = int(fields[b"pkg_id"]), fields[b"event"], fields.get(b"name", b"").decode()
            event = self._codecs[pkg_id].decode_json(data)
        except Exception as error:
            logger.error("event.not_read", topic=topic, entry=entry_id.decode(), error=type(error).__name__)
            return Hole(topic, offset, epoch)
        at_ms, traceparent = fields.get(b"at_ms", b""), fields.get(b"traceparent", b"").decode("latin-1")
        written_ms = int(at_ms) if at_ms.isdigit() else None
        return Delivery(topic, offset, epoch, pkg_id, event, written_ms, len(data), name, traceparent)


def _pairs_of(fields: Sequence[bytes]) -> dict[bytes, bytes]:
    """Of the flat list that RESP2 answers with."""
    return dict(zip(fields[::2], fields[1::2], strict=False))


def _first(events: Sequence[Pending], count: int) -> Sequence[Pending]:
    """The first `count`, fewer if they are large, one at least: others use the connection too."""
    size = 0
    for index, event in enumerate(events[:count]):
        size += len(event.data)
        if size > MAX_BYTES and index:
            return events[:index]
    return events[:count]


def _forget(future: Future[Any]) -> None:
    """Takes the result, so that asyncio does not report that nobody did."""
    if not future.cancelled():
        future.exception()
