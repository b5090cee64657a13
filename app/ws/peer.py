"""What ASGI cannot say about the other end of a socket: how much it has yet to take, whether it is gone; and a way to cut it off.

Knows uvicorn, whose `send` is a method of the protocol that has the transport. Elsewhere nothing is known, and nothing is cut.
"""

from __future__ import annotations

import asyncio
import fcntl
import select
import sys
import termios
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.broadcast.hub import Message

HANG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)
Send = Callable[[Message], Awaitable[None]]


class Peer:
    __slots__ = ("_protocol",)

    def __init__(self, send: Send) -> None:
        self._protocol = getattr(send, "__self__", None)

    @property
    def is_gone(self) -> bool:
        transport = self._transport()
        return transport is not None and (transport.is_closing() or _has_hung_up(transport))

    def unsent_bytes(self) -> int:
        """What waits in our buffer and, where the kernel says it, there; it falls for as long as the peer reads."""
        transport = self._transport()
        if transport is None or transport.is_closing():
            return 0
        return transport.get_write_buffer_size() + _kernel_bytes(transport)

    def cut_off(self) -> None:
        transport = self._transport()
        if transport is not None:
            transport.abort()

    def _transport(self) -> asyncio.Transport | None:
        return getattr(self._protocol, "transport", None)


def _has_hung_up(transport: asyncio.Transport) -> bool:
    """The kernel knows although nobody reads; the loop hears of it only from a transport that is read."""
    socket = transport.get_extra_info("socket")
    if socket is None:
        return False
    poll = select.poll()
    poll.register(socket.fileno(), HANG_UP)
    return bool(poll.poll(0))


def _kernel_bytes(transport: asyncio.Transport) -> int:
    """What the peer has not acknowledged (tcp(7), SIOCOUTQ): the kernel takes megabytes at a time, the peer perhaps few a second."""
    socket = transport.get_extra_info("socket")
    with suppress(OSError, ValueError, AttributeError):
        return int.from_bytes(fcntl.ioctl(socket.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    return 0
