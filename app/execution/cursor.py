"""Sealed cursors: where a walk goes on, for whom, with which filter and until when (D23).

A cursor is opaque to clients; anything that is not exactly one of ours is CursorInvalid.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass

from generated.errors import CursorInvalid

VERSION = 1
"""Of the layout; cursors of another one are invalid."""
TTL_S = 3600
"""How long a cursor is good from when it was sealed, not from when it was used."""
LAYOUT = struct.Struct(">BqIq16s")
SEAL_BYTES = 16


@dataclass(frozen=True, slots=True)
class Position:
    """The last id that was read, and the number of the page that comes next."""

    last_id: int
    """Within 64 bits, signed."""
    page: int
    """Within 32 bits; only for people to read, the walk goes on by `last_id`."""


class CursorSeal:
    """Seals by HMAC-SHA256 cut to 128 bits: nothing can be changed, but nothing is hidden either, so a position holds
    no secret. `scope` is whatever the cursor must not leave: the subject and the filter, and the listing, where two of
    them could have the same. `secret` is the same on every node; another one makes every cursor invalid. `clock` says
    seconds since 1970, to all nodes alike."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(b"stele cursor" + secret).digest()
        self._clock = clock

    def seal(self, position: Position, scope: str) -> str:
        """71 characters that need no escape in a URL. Raises `struct.error` for a position out of range."""
        expires = int(self._clock()) + TTL_S
        payload = LAYOUT.pack(VERSION, position.last_id, position.page, expires, _digest(scope))
        return urlsafe_b64encode(payload + self._mac(payload)).rstrip(b"=").decode()

    def open(self, cursor: str, scope: str) -> Position:
        """As often as the caller likes, on any node. Raises CursorInvalid for a cursor that is forged, changed, of
        another scope or secret, or older than an hour; which of these, nobody is told."""
        try:
            data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except ValueError:
            raise CursorInvalid from None
        payload, mac = data[:-SEAL_BYTES], data[-SEAL_BYTES:]
        canonical = urlsafe_b64encode(data).rstrip(b"=").decode() == cursor
        if len(payload) != LAYOUT.size or not canonical or not hmac.compare_digest(mac, self._mac(payload)):
            raise CursorInvalid
        version, last_id, page, expires, digest = LAYOUT.unpack(payload)
        if version != VERSION or expires < self._clock() or digest != _digest(scope):
            raise CursorInvalid
        return Position(last_id, page)

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:SEAL_BYTES]


def _digest(scope: str) -> bytes:
    return hashlib.sha256(scope.encode()).digest()[:16]
