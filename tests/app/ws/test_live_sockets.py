"""Sockets hear of the ends of sessions while they are open, and not after."""

from __future__ import annotations

from app.auth.ended_sessions import nobody_s
from app.ws.live_sockets import HasEnded, LiveSockets


class Socket:
    """Remembers how often it was looked at."""

    def __init__(self) -> None:
        self.looks: list[HasEnded] = []

    def close_if_ended(self, has_ended: HasEnded) -> None:
        self.looks.append(has_ended)


def test_a_socket_is_looked_at_when_it_comes_and_at_each_review_until_it_leaves() -> None:
    live, socket = LiveSockets(nobody_s), Socket()
    live.review()
    live.enter(socket)
    live.review()
    live.leave(socket)
    live.leave(socket)
    live.review()
    assert socket.looks == [nobody_s, nobody_s]
