"""One connection of the blocking socket door, with all who wait for an answer on it: one of them reads for all. Another connection
may take its place while they still wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.sync.client import ClientConnection

from .codec import Authenticated, Reply, TopicsChanged
from .errors import ClientError, ConnectionLost


class Slot:
    """A caller that waits; `woken` also says that it is his turn to read."""

    def __init__(self, wanted: type[Authenticated | TopicsChanged] | None = None) -> None:
        self.woken = threading.Event()
        self.wanted = wanted
        self.reply: Reply | None = None
        self.error: ClientError | None = None
        self.is_done = False

    def settle(self, reply: Reply | None = None, error: ClientError | None = None) -> None:
        if not self.is_done:
            self.reply, self.error, self.is_done = reply, error, True
        self.woken.set()


class Line:
    """Who reads holds `reading`. `follows` says that the topics are followed here."""

    def __init__(self, connection: ClientConnection, address: str) -> None:
        self.connection = connection
        self.address = address
        self.opened_at = time.monotonic()
        self.reading = threading.Lock()
        self.slots: dict[str, Slot] = {}
        self.controls: deque[Slot] = deque()
        self.event_slots: list[Slot] = []
        self.follows = False
        self.moves_at: float | None = None
        """When the next connection is to be opened: the server has said that it ends."""
        self._is_retired = False

    @property
    def is_open(self) -> bool:
        return self.connection.protocol.state is State.OPEN

    @property
    def is_due(self) -> bool:
        return self.moves_at is not None and time.monotonic() >= self.moves_at

    @property
    def _waiting(self) -> list[Slot]:
        return [*self.slots.values(), *self.controls, *self.event_slots]

    def leave_after(self, seconds: float) -> None:
        """Where nobody waits it came at a time that is not known: then the next call opens the next connection."""
        self.moves_at = time.monotonic() + (seconds if self._waiting else 0.0)

    def send(self, frame: str | bytes) -> None:
        """Nothing where the connection has ended."""
        with suppress(ConnectionClosed):
            self.connection.send(frame)

    def hand_over(self) -> None:
        """Somebody who still waits goes on reading."""
        for slot in self._waiting:
            if not slot.is_done:
                slot.woken.set()
                return

    def settle(self, answer: type[Any] | None, error: ClientError | None) -> None:
        """The first control frame that waits for such an answer; a refusal is the first one's."""
        for slot in list(self.controls):
            if answer is None or slot.wanted is answer:
                self.controls.remove(slot)
                slot.settle(error=error)
                return

    def retire(self) -> None:
        """Another one has taken its place: it ends with the last call that waits here."""
        self._is_retired = True
        self.end_if_quiet()

    def end_if_quiet(self) -> None:
        if self._is_retired and not self.slots:
            self.connection.close()

    def lose(self, reason: str) -> None:
        """Who waits hears of it."""
        for slot in self._waiting:
            if not slot.is_done:
                slot.settle(error=ConnectionLost(reason))
        self.controls.clear()
