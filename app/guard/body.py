"""Accounts for the body of one request: what was fed to the parser, what of it was payload, whether it comes fast enough.

Promises: a chunked body's framing and extensions stay within 32 KiB above its payload, its trailers within 100 fields and
about 16 KiB; an application that does not count for itself never gets more than MAX_BODY_BYTES, or than it has allowed.
"""

from __future__ import annotations

from generated.errors import HeadTooLarge, Malformed, TooLarge

BODY_S = 29.5
"""Half a second less than 30 s, for the whole body."""
BODY_CHECK_S = 9.5
"""How often its pace is judged."""
MAX_BODY_BYTES = (1 << 20) + (1 << 18)
"""Above the application's own 1 MiB, which answers with more than we know."""
MAX_TRAILERS = 100
"""As many as a head may have (RFC 9110 §6.5)."""
SLICE_BYTES = 16_384
FRAMING_BYTES = 32_768
"""Of a chunked body's framing (RFC 9112 §7.1): so much, and as much again as its payload."""
TAIL_BYTES = 16_384
MIN_BYTES_PER_CHECK = 1024
"""In each 9.5 s: a body that comes more slowly holds its place for nothing (D13)."""

SLOWEST_BYTES_PER_S = 16_384
"""Of a body that the application has allowed more than the usual: a phone on a bad day."""
ALLOWED_BYTES_PER_CHECK = 65_536


class Overrun(Exception):
    """A request begins behind a chunked body, in the same piece of data."""


class Body:
    """`declared` is its Content-Length, None if it is chunked; `ends_at` is when it must be whole, by the loop's clock.
    One per request that has one; `payload` is what the parser has answered of it, and is counted by whoever hears that."""

    __slots__ = ("_checked", "_declared", "_fed", "_least", "_most", "_payload_before", "_tail", "ends_at", "payload")

    def __init__(self, declared: int | None, ends_at: float) -> None:
        self._declared = declared
        self._most = MAX_BODY_BYTES
        self._least = MIN_BYTES_PER_CHECK
        self.ends_at = ends_at
        self._fed = 0
        self._checked = 0
        self._tail = 0
        self._payload_before = 0
        self.payload = 0

    def allow(self, max_bytes: int, now: float) -> None:
        """The application takes in so many: the time for them grows, and so does the pace that is asked for."""
        self._most = max(self._most, max_bytes + (max_bytes >> 6))
        self._least = ALLOWED_BYTES_PER_CHECK
        self.ends_at = max(self.ends_at, now + max_bytes / SLOWEST_BYTES_PER_S)

    def cut(self, available: int) -> int:
        """How much of what came is to be parsed next: never beyond a known end, so that a next request stays whole."""
        left = SLICE_BYTES if self._declared is None else self._declared - self._fed
        return min(available, SLICE_BYTES, left)

    def count(self, fed: int, trailers: int) -> None:
        """After `fed` bytes went to the parser, which has found `trailers` fields so far. Raises TooLarge, HeadTooLarge
        for the fields behind the body, or Malformed for chunks whose framing is more than they carry."""
        self._fed += fed
        self._tail = self._tail + fed if self.payload == self._payload_before else 0
        self._payload_before = self.payload
        if self.payload > self._most:
            raise TooLarge
        if trailers > MAX_TRAILERS or self._tail > TAIL_BYTES:
            raise HeadTooLarge("The fields after the body are too large.")
        if self._fed - self.payload > FRAMING_BYTES + self.payload:
            raise Malformed("The chunks are too small.")

    def is_fast_enough(self) -> bool:
        """Whether 1 KiB or more has come since it was last asked, whatever the time between; 64 KiB of what is allowed."""
        came, self._checked = self._fed - self._checked, self._fed
        return came >= self._least
