"""Events over one Redis stream per topic: every node reads every stream, and a node that lost its connection reads on.

Promises: offsets are the stream's own and without gaps; a stream that was lost begins a new epoch, seen within 3 s;
the relay never ends by itself. Does not promise that a node which was away longer than the history misses nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.broadcast.broker import Delivery, NotPublished
from app.db.pipelined_redis import PipelinedConnection, RedisUnavailable, Script

BLOCK_MS = 1_000
CHECK_EVERY_S = 2.0
BATCH = 200
FIRST_DELAY_S = 0.1
MAX_DELAY_S = 5.0
START = b"0-0"

APPEND = """
local epoch = redis.call('GET', KEYS[2])
if not epoch or redis.call('EXISTS', KEYS[1]) == 0 then
  epoch = ARGV[1]
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '0-*', 'epoch', epoch, 'pkg_id', ARGV[4], 'event', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('SET', KEYS[2], epoch, 'PX', ARGV[3])
return epoch
"""
"""In one step, so that an entry's epoch is always the one of the stream it stands in."""

STOP_CHECK_S = 0.5

logger = structlog.get_logger(__name__)


class TopicHistory(Protocol):
    @property
    def history(self) -> int: ...
    @property
    def keep_s(self) -> float: ...


class EventCodec(Protocol):
    def encode_json(self, event: Any, /) -> bytes: ...
    def decode_json(self, data: bytes, /) -> Any: ...


class RedisBroker:
    """`reader` blocks for up to 1 s in a read, so its timeout must be longer and its connection its own."""

    def __init__(
        self,
        connection: PipelinedConnection,
        reader: Redis,
        *,
        topics: Mapping[str, TopicHistory],
        codecs: Mapping[int, EventCodec],
        prefix: str = "stele",
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._topics = topics
        self._codecs = codecs
        self._append = Script(connection, APPEND.encode())
        self._streams = {_stream_key(prefix, topic): topic for topic in topics}
        self._prefix = prefix
        self._positions: dict[str, bytes] = {}
        self._epochs: dict[str, bytes | None] = {}
        self._relay: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def publish(self, topic: str, pkg_id: int, event: Any) -> None:
        """Once more if the connection is lost meanwhile: then the event may stand in the stream twice."""
        kept = self._topics[topic]
        keys = (_stream_key(self._prefix, topic), _epoch_key(self._prefix, topic))
        data = self._codecs[pkg_id].encode_json(event)
        arguments = (2, *keys, secrets.token_hex(8), kept.history, int(kept.keep_s * 1000), pkg_id, data)
        try:
            await self._append.run(*arguments)
        except RedisUnavailable:
            await self._publish_again(topic, arguments)

    async def _publish_again(self, topic: str, arguments: tuple[Any, ...]) -> None:
        try:
            if await self._connection.ready():
                await self._append.run(*arguments)
                return
        except RedisUnavailable as error:
            raise NotPublished(topic) from error
        raise NotPublished(topic)

    async def start(self, deliver: Callable[[Delivery], None]) -> None:
        """From now on every event is delivered. Redis may be away: then the streams are read from their beginning."""
        with suppress(RedisError, OSError):
            await self._find_ends()
        self._relay = asyncio.create_task(self._run(deliver), name="broadcast-relay")

    async def stop(self) -> None:
        """A cancellation may be lost inside the client's own timeout, so it is repeated until the relay has ended."""
        self._is_stopping = True
        while self._relay is not None and not self._relay.done():
            self._relay.cancel()
            await asyncio.wait([self._relay], timeout=STOP_CHECK_S)

    @property
    def is_running(self) -> bool:
        return self._relay is not None and not self._relay.done()

    async def _run(self, deliver: Callable[[Delivery], None]) -> None:
        """Reads for the life of the node; a failure is waited out with a doubling delay."""
        delay_s, checked_at = FIRST_DELAY_S, float("-inf")
        loop = asyncio.get_running_loop()
        while not self._is_stopping:
            try:
                if loop.time() - checked_at >= CHECK_EVERY_S:
                    await self._check_epochs()
                    checked_at = loop.time()
                await self._read(deliver)
                delay_s = FIRST_DELAY_S
            except Exception as error:
                logger.warning("broadcast.read_failed", error=type(error).__name__, delay_s=delay_s)
                await asyncio.sleep(delay_s)
                delay_s, checked_at = min(delay_s * 2, MAX_DELAY_S), float("-inf")

    async def _find_ends(self) -> None:
        for stream, topic in self._streams.items():
            last: Any = await self._reader.xrevrange(stream, count=1)
            self._positions[stream] = last[0][0] if last else START
            self._epochs[stream] = await self._read_epoch(topic)

    async def _check_epochs(self) -> None:
        """A stream of another epoch is read from its start: its numbers say nothing about ours."""
        for stream, topic in self._streams.items():
            epoch = await self._read_epoch(topic)
            if epoch is not None:
                self._is_other_epoch(stream, epoch)

    async def _read_epoch(self, topic: str) -> bytes | None:
        epoch: Any = await self._reader.get(_epoch_key(self._prefix, topic))
        return None if epoch is None else bytes(epoch)

    def _is_other_epoch(self, stream: str, epoch: bytes) -> bool:
        known = self._epochs.get(stream)
        self._epochs[stream] = epoch
        if known == epoch or (known is None and self._positions.get(stream, START) == START):
            return False
        self._positions[stream] = START
        return True

    async def _read(self, deliver: Callable[[Delivery], None]) -> None:
        positions: Any = {stream: self._positions.get(stream, START) for stream in self._streams}
        answer = await self._reader.xread(positions, count=BATCH, block=BLOCK_MS)
        for name, entries in _pairs(answer):
            stream = name.decode()
            for entry_id, fields in entries:
                if self._is_other_epoch(stream, fields[b"epoch"]):
                    break
                self._positions[stream] = entry_id
                self._hand_over(deliver, self._streams[stream], entry_id, fields)

    def _hand_over(
        self, deliver: Callable[[Delivery], None], topic: str, entry_id: bytes, fields: Mapping[bytes, bytes]
    ) -> None:
        """An entry that cannot be read, written by a newer release perhaps, is logged and passed over."""
        try:
            pkg_id = int(fields[b"pkg_id"])
            event = self._codecs[pkg_id].decode_json(fields[b"event"])
            deliver(Delivery(topic, int(entry_id.split(b"-")[1]), fields[b"epoch"].decode(), pkg_id, event))
        except Exception as error:
            logger.error("event.not_delivered", topic=topic, entry=entry_id.decode(), error=type(error).__name__)


def _pairs(answer: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """RESP3 answers with a map of lists of batches, RESP2 with a list of pairs."""
    if isinstance(answer, dict):
        return [(name, [entry for batch in batches for entry in batch]) for name, batches in answer.items()]
    return list(answer or [])


def _stream_key(prefix: str, topic: str) -> str:
    return f"{prefix}:{{{topic}}}:stream"


def _epoch_key(prefix: str, topic: str) -> str:
    return f"{prefix}:{{{topic}}}:epoch"
