"""Accounts for the frames of one socket before they are parsed: where each ends, and whether it may come at all (RFC 6455 §5); and makes
those that many sockets are sent.

Promises: lengths are written in the fewest bytes, control frames are short and few, a message has few fragments; what
breaks that raises Violation as soon as the frame's header is there. Sizes of messages and the rest are the parser's.
"""

from __future__ import annotations

from dataclasses import dataclass

from websockets.frames import Frame, Opcode

from generated.errors import CloseCode

PROTOCOL_ERROR, POLICY = 1002, 1008
FIN, OPCODE, CONTROL, CLOSE = 0x80, 0x0F, 0x08, 0x8
MASKED, LENGTH, LENGTH_16 = 0x80, 0x7F, 126
MASK_BYTES = 4


class Violation(Exception):
    """Ends the socket with this close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FrameLimits:
    """What one socket may do; times in seconds."""

    fragments: int = 64
    """Of one message, empty ones included."""
    control_frames: int = 20
    """Pings, pongs and closes, within `control_window_s`."""
    control_window_s: float = 1.0
    message_s: float = 9.5
    """From a message's first byte to its last; half a second less than promised."""


class FrameAccount:
    """`closes` tells that the frame which begins at the last `step` is a Close. Reads headers alone: no payload is
    kept, copied or unmasked."""

    __slots__ = ("_controls", "_fragments", "_left", "_limits", "_window_ends_at", "closes")

    def __init__(self, limits: FrameLimits) -> None:
        self._limits = limits
        self._left = 0
        self._fragments = 0
        self._controls = 0
        self._window_ends_at = 0.0
        self.closes = False

    @property
    def is_within_message(self) -> bool:
        """A frame or a message has begun and is not whole: its time runs."""
        return self._left > 0 or self._fragments > 0

    def step(self, data: bytes, at: int, now: float) -> int:
        """Where in `data` the frame ends that goes on or begins at `at`, the end of data if it is longer; `at` while
        its header is not whole. `now` is in seconds of any clock. Raises Violation."""
        if self._left == 0:
            size = self._size(data, at)
            if size == 0:
                return at
            self._judge(data[at], now)
            self._left = size
        end = min(at + self._left, len(data))
        self._left -= end - at
        return end

    def _size(self, data: bytes, at: int) -> int:
        """Bytes of the whole frame with its header; 0 while that is not known."""
        there = len(data) - at
        if there < 2:
            return 0
        size = data[at + 1] & LENGTH
        header = 2 + (MASK_BYTES if data[at + 1] & MASKED else 0)
        if size < LENGTH_16:
            return header + size
        if data[at] & CONTROL:
            raise Violation(PROTOCOL_ERROR, "control frame too long")
        width, least = (2, LENGTH_16) if size == LENGTH_16 else (8, 1 << 16)
        if there < 2 + width:
            return 0
        size = int.from_bytes(data[at + 2 : at + 2 + width], "big")
        if size < least:
            raise Violation(PROTOCOL_ERROR, "length in too many bytes")  # RFC 6455 §5.2
        return header + width + size

    def _judge(self, first: int, now: float) -> None:
        opcode = first & OPCODE
        self.closes = opcode == CLOSE
        if opcode & CONTROL:
            self._count_control(now)
            return
        self._fragments += 1
        if self._fragments > self._limits.fragments:
            raise Violation(POLICY, "too many fragments")
        if first & FIN:
            self._fragments = 0

    def _count_control(self, now: float) -> None:
        if now >= self._window_ends_at:
            self._window_ends_at = now + self._limits.control_window_s
            self._controls = 0
        self._controls += 1
        if self._controls > self._limits.control_frames:
            raise Violation(CloseCode.PROTOCOL_ABUSE, "too many control frames")


class LastFrame:
    """Of what was sent last, and kept until something else is: a topic's event goes to many sockets, one after the other."""

    __slots__ = ("_frame", "_payload")

    def __init__(self) -> None:
        self._payload: str | bytes = b""
        self._frame = framed(b"")

    def of(self, payload: str | bytes) -> bytes:
        """The same object has the same frame."""
        if payload is not self._payload:
            self._payload, self._frame = payload, framed(payload)
        return self._frame


def framed(payload: str | bytes) -> bytes:
    """A whole message, as a server that compresses nothing writes it (RFC 6455 §5.2)."""
    frame = Frame(Opcode.TEXT, payload.encode()) if isinstance(payload, str) else Frame(Opcode.BINARY, payload)
    return bytes(frame.serialize(mask=False))
