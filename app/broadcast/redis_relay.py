"""Reads the streams of the topics that somebody follows here, and hands each event to the node's audience.

Promises: who has begun to follow hears every event from then on, each once and in order, or hears that something is missing; a topic that
nobody has followed for a minute is not read, whatever is told there; no entry, and no outage, ends the relay. Does not promise that a node which
was away longer than the history misses nothing: its audience is told, and it is logged.
"""

from __future__ import annotations

import asyncio
import secrets
from asyncio import Future
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog
from redis.exceptions import RedisError

from app.broadcast.broker import Audience, Delivery, Hole, Nudged, Position
from app.broadcast.redis_history import RedisHistory
from app.broadcast.redis_stream import Keys, offset_of, wake_key
from app.broadcast.stream_reader import StreamReader
from app.db.pipelined_redis import RedisConnection, RedisUnavailable
from app.supervision.together import together

CHECK_EVERY_S = 2.0
"""How often epochs and ends are looked at, so that a stream that was lost while nothing is sent is noticed too."""
LINGER_S = 60.0
"""A topic that nobody follows any more is read for so long: most who come back, after a lost connection, find what they missed in memory."""
BATCH = 200
FIRST_DELAY_S = 0.1
MAX_DELAY_S = 1.0
START = b"0-0"
END = b"$"
MAX_LAG_S = 1.0
"""How long the mover waits for a relay that is behind; then its node may miss events, and says so."""
LAG_CHECK_S = 0.005
WAKE_MS = 60_000

logger = structlog.get_logger(__name__)


class StreamWatcher(Protocol):
    """As `app.telemetry.metrics.events`."""

    def missed(self, topic: str, count: int) -> None: ...
    def read_failed(self) -> None: ...


@dataclass(slots=True)
class Track:
    """How far one topic was read. While it `is_read` only its lane moves it; else whoever looks at the stream, to its end."""

    topic: str
    keys: Keys
    epoch: bytes | None = None
    at: bytes = START
    nudged: bytes = END
    followers: int = 0
    left_at: float = 0.0
    """By the loop's clock, when the last of them left."""
    is_read: bool = False

    @property
    def offset(self) -> int:
        return offset_of(self.at)

    @property
    def position(self) -> Position:
        return Position((self.epoch or b"").decode(errors="replace"), self.offset)


@dataclass(slots=True)
class Lane:
    """Streams that one read may name: all there are, or in a cluster those of one slot. `wake` is a stream of this node alone, whose only entry
    ends a read that waits: there is more to read for."""

    tracks: Sequence[Track]
    reader: StreamReader
    """Blocks for up to 1 s, so its connection is its own."""
    wake: str
    woken: bytes = START
    reads: int = 0
    """That were answered."""
    was_away: bool = False
    """An append has failed since the last one that did not."""


class Nobody:
    """Hears what is read before there is an audience."""

    def deliver(self, delivery: Delivery) -> None:
        pass

    def move(self, topic: str, position: Position, *, lost: bool) -> None:
        pass


class RedisRelay:
    """`connection` is everybody's, for what is short; what blocks has connections of its own, which `make_reader(where)` makes and `aclose`
    closes. `watcher` hears what was read and what was not."""

    def __init__(
        self,
        connection: RedisConnection,
        history: RedisHistory,
        *,
        watcher: StreamWatcher | None = None,
        make_reader: Callable[[Callable[[], str | None]], StreamReader] = StreamReader,
        linger_s: float = LINGER_S,
    ) -> None:
        self._connection = connection
        self._history = history
        self._watcher = watcher
        self._linger_s = linger_s
        self._tracks = {topic: Track(topic, keys) for topic, keys in history.keys.items()}
        self._audience: Audience = Nobody()
        self._is_relaying = False
        by_stream = {track.keys.stream: track for track in self._tracks.values()}
        node = secrets.token_hex(8)
        self._lanes = [
            Lane(
                [by_stream[stream] for stream in streams],
                make_reader(partial(connection.url_of, streams[0])),
                wake_key(by_stream[streams[0]].keys, node),
            )
            for streams in connection.together(list(by_stream))
        ]
        self.lane_of = {track.topic: lane for lane in self._lanes for track in lane.tracks}

    async def aclose(self) -> None:
        """After the relay."""
        for lane in self._lanes:
            await lane.reader.aclose()

    # Who follows

    def hold(self, topic: str) -> None:
        """Somebody more follows the topic here. What `begin` has begun goes on until all of them have let it go, and a minute more."""
        self._tracks[topic].followers += 1

    def let_go(self, topic: str) -> None:
        track = self._tracks[topic]
        track.followers -= 1
        track.left_at = asyncio.get_running_loop().time()

    async def begin(self, topic: str) -> None:
        """From its return the audience gets each event of a topic that is held. While Redis is away it is read from where it ended when it was
        looked at last, 2 s before at most."""
        track = self._tracks[topic]
        if track.is_read:
            return
        with suppress(RedisUnavailable):
            self._skip(track, *await self._history.look_at(topic))
        if not track.is_read:
            track.is_read = True
            self._wake(self.lane_of[topic])

    def _wake(self, lane: Lane) -> None:
        """A read that waits does not know of the stream. Where the word is lost it ends by itself, within 1 s."""
        with suppress(RedisUnavailable):
            for command in (b"XADD", lane.wake, b"MAXLEN", 1, b"*", b"t", b"1"), (b"PEXPIRE", lane.wake, WAKE_MS):
                self._connection.call(*command).add_done_callback(forget)

    def _skip(self, track: Track, epoch: bytes, offset: int) -> None:
        """To the end of a stream that is not read."""
        if not track.is_read:
            track.epoch, track.at = epoch, b"0-%d" % offset
            self._move(track, lost=False)

    def _rest(self, lane: Lane) -> None:
        """Of what nobody has followed for a minute nothing is read or remembered any more."""
        now = asyncio.get_running_loop().time()
        for track in lane.tracks:
            if track.is_read and track.followers == 0 and now - track.left_at >= self._linger_s:
                track.is_read = False
                self._move(track, lost=False)

    # Reading

    async def find_ends(self, audience: Audience) -> None:
        """From now on the audience knows where each topic stands. Redis may be away: then the streams are read from their beginning."""
        self._audience = audience
        for track in self._tracks.values():
            with suppress(RedisUnavailable):
                self._skip(track, *await self._history.look_at(track.topic))

    async def let_follow(self, topic: str, last: int) -> None:
        """Waits while it is half a history behind, for 1 s."""
        half, track, waited_s = self._history.topics[topic].history // 2, self._tracks[topic], 0.0
        while self._is_relaying and track.is_read and last - track.offset > half and waited_s < MAX_LAG_S:
            await asyncio.sleep(LAG_CHECK_S)
            waited_s += LAG_CHECK_S

    async def run(self, audience: Audience, mover: Nudged) -> None:
        """Reads on from where an earlier call ended; a server that is away is waited for with a doubling delay."""
        self._audience, self._is_relaying = audience, True
        try:
            if not self._lanes:
                await asyncio.Event().wait()  # A contract without events.
            await together(*(self._run(lane, mover) for lane in self._lanes))
        finally:
            self._is_relaying = False

    async def _run(self, lane: Lane, mover: Nudged) -> None:
        delay_s = FIRST_DELAY_S
        while True:
            reads = lane.reads
            try:
                await self._read_on(lane, mover)
            except (RedisError, OSError) as error:
                delay_s = FIRST_DELAY_S if lane.reads > reads else min(delay_s * 2, MAX_DELAY_S)
                if self._watcher is not None:
                    self._watcher.read_failed()
                logger.warning("broadcast.read_failed", error=type(error).__name__, delay_s=delay_s)
            await asyncio.sleep(delay_s)

    async def _read_on(self, lane: Lane, mover: Nudged) -> None:
        """One read after the other, until one fails."""
        checked_at, loop = float("-inf"), asyncio.get_running_loop()
        while True:
            if loop.time() - checked_at >= CHECK_EVERY_S:
                await self._check(lane)
                checked_at = loop.time()
            await self._read(lane, mover)
            lane.reads += 1

    async def _check(self, lane: Lane) -> None:
        """A stream of another epoch is read from its start: its numbers say nothing about ours."""
        self._rest(lane)
        for track in lane.tracks:
            with suppress(RedisUnavailable):
                epoch, offset = await self._history.look_at(track.topic)
                if track.is_read:
                    self._begin_epoch(track, epoch)
                else:
                    self._skip(track, epoch, offset)

    def _begin_epoch(self, track: Track, epoch: bytes) -> bool:
        """Whether what is read next is the stream's start."""
        known, track.epoch = track.epoch, epoch
        if known == epoch:
            return False
        is_other = known is not None or track.at != START
        if is_other:
            logger.error("event.stream_began_anew", topic=track.topic, read_to=track.offset)
        track.at = START
        self._move(track, lost=is_other)
        return is_other

    async def _read(self, lane: Lane, mover: Nudged) -> None:
        streams = {track.keys.stream: track for track in lane.tracks if track.is_read}
        nudges = {track.keys.nudge: track for track in lane.tracks if mover.moves(track.topic)}
        positions = {lane.wake: lane.woken}
        positions |= {name: track.at for name, track in streams.items()}
        positions |= {name: track.nudged for name, track in nudges.items()}
        for key, entries in await lane.reader.read(positions, count=BATCH):
            name, last = key.decode(), entries[-1][0]
            if name in streams:
                await self._hand_over_all(streams[name], entries)
            elif name in nudges:
                nudges[name].nudged = last
                mover.nudge(nudges[name].topic)
            else:
                lane.woken = last

    async def _hand_over_all(self, track: Track, entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> None:
        for entry_id, fields in entries:
            epoch = fields.get(b"epoch", b"")
            if epoch not in (b"", track.epoch) and await self._has_begun_anew(track, epoch):
                return
            self._note_gap(track, entry_id)
            track.at = entry_id
            self._hand_over(track, self._history.entry(track.topic, entry_id, fields))

    async def _has_begun_anew(self, track: Track, claimed: bytes) -> bool:
        """An entry may claim any epoch; which one it is, the key says, unless the stream is gone meanwhile."""
        return self._begin_epoch(track, await self.lane_of[track.topic].reader.get(track.keys.epoch) or claimed)

    def _note_gap(self, track: Track, entry_id: bytes) -> None:
        """At the start of an epoch, too: it may have been trimmed before it was read."""
        before, offset = track.offset, offset_of(entry_id)
        if offset > before + 1:
            if self._watcher is not None:
                self._watcher.missed(track.topic, offset - before - 1)
            logger.error("event.missed", topic=track.topic, count=offset - before - 1)
            track.at = b"0-%d" % (offset - 1)
            self._move(track, lost=True)

    def _hand_over(self, track: Track, entry: Delivery | Hole) -> None:
        if isinstance(entry, Delivery) and entry.epoch.encode() == track.epoch:
            try:
                self._audience.deliver(entry)
            except Exception as error:
                logger.error("event.not_delivered", topic=entry.topic, offset=entry.offset, error=type(error).__name__)
            self._history.know(entry.topic, track.epoch, entry.offset)
        elif track.epoch is not None:
            self._move(track, lost=True)

    def _move(self, track: Track, *, lost: bool) -> None:
        """To the position that was read to."""
        position = track.position
        self._history.know(track.topic, track.epoch or b"", position.offset)
        self._audience.move(track.topic, position, lost=lost)


def forget(future: Future[Any]) -> None:
    """Takes the result, so that asyncio does not report that nobody did."""
    if not future.cancelled():
        future.exception()
