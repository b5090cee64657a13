"""Where a reader of several topics is, as one text: the `id` of a server-sent event, which comes back as `Last-Event-ID`.

Opaque to clients, and bounded: 16 topics make up less than 2 KiB. A text that is of other topics, or none of ours, is no place at all.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated
from zlib import crc32

import msgspec

from app.broadcast.broker import MAX_OFFSET, Position

MAX_CHARS = 4096


def nowhere() -> Position:
    """Where the node has seen nothing of a topic yet, or what was asked for is no place: whatever there was is missed."""
    return Position("", 0)


class _Place(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    offset: Annotated[int, msgspec.Meta(ge=0, le=MAX_OFFSET)]


class _Text(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    topics: int
    places: list[_Place]


class Places:
    """In the order of the topics. `text` is made again after each move."""

    def __init__(self, topics: Sequence[str], after: Mapping[str, Position]) -> None:
        self._mark = _mark_of(topics)
        self._places = {topic: after.get(topic, nowhere()) for topic in topics}

    def move(self, topic: str, position: Position) -> None:
        self._places[topic] = position

    @property
    def text(self) -> bytes:
        places = [_Place(one.epoch, one.offset) for one in self._places.values()]
        return urlsafe_b64encode(msgspec.json.encode(_Text(self._mark, places))).rstrip(b"=")

    @staticmethod
    def read(topics: Sequence[str], text: bytes | None) -> dict[str, Position]:
        """Nothing where there is no text; one that cannot be read is nowhere, in every topic, so that all of it is told as missed."""
        if not text:
            return {}
        try:
            if len(text) > MAX_CHARS:
                raise ValueError(len(text))
            found = msgspec.json.decode(urlsafe_b64decode(text + b"=" * (-len(text) % 4)), type=_Text)
            if found.topics != _mark_of(topics):
                raise ValueError(found.topics)
            places = [Position(one.epoch, one.offset) for one in found.places]
            return dict(zip(topics, places, strict=True))
        except (ValueError, binascii.Error, msgspec.DecodeError):
            return dict.fromkeys(topics, nowhere())


def _mark_of(topics: Sequence[str]) -> int:
    """Of these topics in this order."""
    return crc32("\0".join(topics).encode())
