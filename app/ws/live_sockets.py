"""The sockets that are open on this node, so that those of a session that has ended are closed (ACCEPTANCE D7).

Promises: a socket that is entered here is closed with 4504 in the turn of the loop in which its session is known to have ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.auth.principal import Principal

HasEnded = Callable[[Principal], bool]


class LiveSocket(Protocol):
    def close_if_ended(self, has_ended: HasEnded) -> None:
        """Must neither wait nor raise."""


class LiveSockets:
    """One per worker. A look at all of them costs some milliseconds where there are thousands, at most once a second."""

    def __init__(self, has_ended: HasEnded) -> None:
        self._has_ended = has_ended
        self._sockets: set[LiveSocket] = set()

    def enter(self, socket: LiveSocket) -> None:
        """What has ended between its handshake and now is closed at once."""
        self._sockets.add(socket)
        socket.close_if_ended(self._has_ended)

    def leave(self, socket: LiveSocket) -> None:
        self._sockets.discard(socket)

    def review(self) -> None:
        """When more sessions have ended."""
        for socket in list(self._sockets):
            socket.close_if_ended(self._has_ended)
