"""A server's transport whose end is bounded: a peer that takes nothing, or that goes on sending, cannot keep it.

Promises: after `close` what was written is sent for as long as the peer takes some of it every `patience_s`, at most 60 s;
`leave` lets a peer that still sends read the answer first (RFC 9112 §9.6). Pausing twice is pausing once.
"""

from __future__ import annotations

import asyncio
import fcntl
import math
import sys
import termios
from contextlib import suppress
from typing import Any

LINGER_S = 2.0
LINGER_BYTES = 16 << 20
"""What a peer may still send, unread, while it learns that nobody listens; then reading stops."""
STALL_S = 30.0
"""How long an open connection may take nothing, or next to nothing, of what waits for it."""
CLOSING_S = 60.0
"""The most that a close may last, however slowly the peer reads."""


class GuardedTransport(asyncio.Transport):
    """Around the server's own `transport`; the protocol tells it `lost` at the end. `patience_s` bounds a close.
    `is_unread` is set while the peer has more to send than will be read: a close then lets it read the answer."""

    __slots__ = (
        "_dropped", "_ends_at", "_is_leaving", "_is_paused", "_least", "_loop", "_patience_s", "_stall_s", "_timer", "_unsent", "is_unread",
        "server_side",
    )  # fmt: skip

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        *,
        patience_s: float,
        stall_s: float = STALL_S,
    ) -> None:
        self.server_side = transport
        self.is_unread = False
        self._loop = loop
        self._patience_s = patience_s
        self._stall_s = stall_s
        self._is_leaving = False
        self._is_paused = False
        self._dropped = 0
        self._timer: asyncio.TimerHandle | None = None
        self._unsent = 0
        self._least = 1
        self._ends_at = math.inf

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Never waits. After `leave` it is dropped."""
        if not self._is_leaving:
            self.server_side.write(data)

    def get_write_buffer_size(self) -> int:
        return self.server_side.get_write_buffer_size()

    def unsent_bytes(self) -> int:
        """What the peer has not acknowledged, in our buffer and in the kernel's (tcp(7), SIOCOUTQ), where that can be asked.

        The kernel takes megabytes at a time and then nothing for long; this falls for as long as the peer reads.
        """
        socket = self.server_side.get_extra_info("socket")
        waiting = self.server_side.get_write_buffer_size()
        with suppress(OSError, ValueError, AttributeError):
            waiting += int.from_bytes(fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
        return waiting

    def is_closing(self) -> bool:
        """Also while it only waits for the peer to read the answer."""
        return self._is_leaving or self.server_side.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self.server_side.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """The kernel takes what it has room for, and then TCP holds the peer back."""
        if not self._is_paused and not self.is_closing():
            self._is_paused = True
            self.server_side.pause_reading()

    def resume_reading(self) -> None:
        if self._is_paused and not self.is_closing():
            self._is_paused = False
            self.server_side.resume_reading()

    def close(self) -> None:
        """Once what was written has been taken, in the time that the module promises; then the connection is cut. Again
        it does nothing."""
        if self.is_closing():
            return
        if self.is_unread and self.server_side.can_write_eof():
            self.leave()
            return
        self.server_side.close()
        self._end_after(self._patience_s)

    def leave(self) -> None:
        """Says that nothing more comes, and waits at most LINGER_S for the peer to go."""
        if self.is_closing():
            return
        self.resume_reading()
        self._is_leaving = True
        try:
            self.server_side.write_eof()
        except OSError:  # It has gone, and the loop is yet to hear of it.
            self.abort()
        else:
            self._end_after(LINGER_S)

    def drop(self, size: int) -> None:
        """`size` bytes came that nobody reads. Beyond 16 MiB reading stops, so that the peer cannot send for ever."""
        self._dropped += size
        if self._dropped > LINGER_BYTES and not self.server_side.is_closing():
            self.server_side.pause_reading()

    def abort(self) -> None:
        """At once: what waits is lost."""
        self.server_side.abort()

    def watch(self, least_bytes: int = 1) -> None:
        """Something waits for the peer to take it: when it does not take `least_bytes` of it in `stall_s`, the connection is cut."""
        if not self.is_closing():
            self._least = least_bytes
            self._check_after(self._stall_s)

    def unwatch(self) -> None:
        """The peer has taken enough; a close that is under way keeps its timer."""
        if not self.is_closing():
            self.lost()

    def lost(self) -> None:
        """No timer stays."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end_after(self, patience_s: float) -> None:
        self._ends_at, self._least = self._loop.time() + CLOSING_S, 1
        self._check_after(patience_s)

    def _check_after(self, seconds: float) -> None:
        self.lost()
        self._unsent = self.unsent_bytes()
        self._timer = self._loop.call_later(seconds, self._check, seconds)

    def _check(self, seconds: float) -> None:
        self._timer = None
        is_taking = self.get_write_buffer_size() > 0 and self._unsent - self.unsent_bytes() >= self._least
        if is_taking and self._loop.time() < self._ends_at:
            self._check_after(seconds)
        else:
            self.abort()
