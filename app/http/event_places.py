"""Where a reader of several topics is, as one text: the `id` of a server-sent event, which comes back as `Last-Event-ID`.

For each topic, in the order in which they were asked for, `epoch:offset`; `-` for one of which nothing is known to the reader; commas between.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.broadcast.broker import MAX_OFFSET, Position

UNKNOWN = b"-"
PLACE = re.compile(rb"([0-9A-Za-z]{1,64}):([0-9]{1,19})")


class Places:
    """Of one reader, in the order of its topics. `text` is what it is at."""

    def __init__(self, topics: Sequence[str], after: Mapping[str, Position]) -> None:
        self._texts = {topic: _text_of(after.get(topic)) for topic in topics}

    def move(self, topic: str, position: Position) -> None:
        self._texts[topic] = _text_of(position)

    @property
    def text(self) -> bytes:
        return b",".join(self._texts.values())

    @staticmethod
    def read(topics: Sequence[str], text: bytes) -> dict[str, Position]:
        """Of the topics of which it knows a place; of none where it is not of so many topics, or no such text."""
        parts = text.replace(b" ", b"").split(b",")
        found = {topic: place for topic, part in zip(topics, parts, strict=False) if (place := _place_of(part))}
        is_whole = len(parts) == len(topics) and len(found) + parts.count(UNKNOWN) == len(parts)
        return found if is_whole else {}


def _place_of(part: bytes) -> Position | None:
    found = PLACE.fullmatch(part)
    offset = int(found[2]) if found else 0
    return Position(found[1].decode(), offset) if found and offset <= MAX_OFFSET else None


def _text_of(position: Position | None) -> bytes:
    """A node that has seen nothing of a topic knows no epoch of it."""
    return f"{position.epoch}:{position.offset}".encode() if position and position.epoch else UNKNOWN
