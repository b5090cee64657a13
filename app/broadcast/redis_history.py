"""What a topic's stream says to whoever asks: where it ends, and what came after a position.

Promises: an answer is whole or there is none; a stream that was lost, or fell back behind what this node knows of it, begins a new epoch
when it is looked at. Everything goes over the connection that everybody uses, and no command blocks there.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import structlog

from app.broadcast.broker import Delivery, Hole, NotKept, Position
from app.broadcast.redis_stream import LOOK, MEMORY_MS, Keys, offset_of
from app.db.pipelined_redis import RedisConnection, RedisUnavailable, Script
from generated.errors import Unavailable
from generated.product import NAME

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


class RedisHistory:
    """As `History`. `keys` are those of each topic; `known` is what this node knows of each stream."""

    def __init__(
        self,
        connection: RedisConnection,
        *,
        topics: Mapping[str, TopicHistory],
        codecs: Mapping[int, EventDecoder],
        prefix: str = NAME,
    ) -> None:
        self.topics = topics
        self.keys = {topic: Keys.of(prefix, topic) for topic in topics}
        self._connection = connection
        self._codecs = codecs
        self._look = Script(connection, LOOK.encode())
        self._known: dict[str, tuple[bytes, int]] = {}

    def known(self, topic: str) -> tuple[bytes, int]:
        """Epoch and offset of the last event that this node has appended, read or seen; none, and 0, where it has not."""
        return self._known.get(topic, (b"", 0))

    def know(self, topic: str, epoch: bytes, offset: int) -> None:
        known = self._known.get(topic)
        self._known[topic] = (epoch, max(offset, known[1])) if known and known[0] == epoch else (epoch, offset)

    async def look_at(self, topic: str) -> tuple[bytes, int]:
        """The epoch and the last offset. Raises RedisUnavailable."""
        keys, keep_ms = self.keys[topic], int(self.topics[topic].keep_s * 1000)
        given = (secrets.token_hex(8), keep_ms, MEMORY_MS, *self.known(topic))
        epoch, offset = await self._look.run(2, keys.stream, keys.epoch, *given)
        return epoch, offset

    async def end(self, topic: str) -> Position:
        try:
            epoch, offset = await self.look_at(topic)
        except RedisUnavailable as error:
            raise Unavailable from error
        return Position(epoch.decode(errors="replace"), offset)

    async def read(self, topic: str, after: Position, count: int) -> Sequence[Delivery | Hole]:
        keys, begin = self.keys[topic], f"(0-{after.offset}"
        try:
            epoch = await self._connection.ask(b"GET", keys.epoch)
            entries = await self._connection.ask(b"XRANGE", keys.stream, begin, b"+", b"COUNT", count)
        except RedisUnavailable as error:
            raise Unavailable from error
        if not entries or epoch != after.epoch.encode() or offset_of(entries[0][0]) != after.offset + 1:
            raise NotKept(topic)
        found = [self.entry(topic, entry_id, _pairs_of(fields)) for entry_id, fields in entries]
        return [one if one.epoch == after.epoch else Hole(topic, one.offset, after.epoch) for one in found]

    def entry(self, topic: str, entry_id: bytes, fields: Mapping[bytes, bytes]) -> Delivery | Hole:
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
