"""What ASGI cannot say about the other end of a socket: how much it has yet to take, whether it is gone; and a way to cut it off.

Knows uvicorn, whose `send` is a method of the protocol that has the transport, and the guard's transport. Elsewhere nothing is
known, and nothing is cut.
"""

from __future__ import annotations

import asyncio
import select

from app.ws.sending import Send

HANG_UP = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


class Peer:
    """Asks the kernel, each time: nothing is remembered."""

    __slots__ = ("_protocol",)

    def __init__(self, send: Send) -> None:
        self._protocol = getattr(send, "__self__", None)

    @property
    def is_gone(self) -> bool:
        """It has hung up, be it with its sending half alone, or the connection is being closed; whether or not the
        server has heard of that."""
        transport = self._transport()
        return transport is not None and (transport.is_closing() or _has_hung_up(transport))

    @property
    def has_left(self) -> bool:
        """It has gone, and nobody has noticed yet."""
        transport = self._transport()
        return transport is not None and not transport.is_closing() and _has_hung_up(transport)

    def unsent_bytes(self) -> int:
        """What it has not acknowledged; falls for as long as it reads. A system call each time; 0 where it cannot be
        known."""
        ask = getattr(self._transport(), "unsent_bytes", None)
        return 0 if ask is None else int(ask())

    def cut_off(self) -> None:
        """At once and without a Close: what waits is lost."""
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
