"""One connection of the blocking socket door, with all who wait for an answer on it: one of them reads for all. Another connection
may take its place while they still wait."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.protocol import State
from websockets.sync.client import ClientConnection

from .codec import Authenticated, Reply, TopicsChanged
from .errors import ClientError, ConnectionLost
from .retry import Deadline


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
    """`read` reads for all here, until that is so or so many seconds are over, and says whether the connection is still alive; who does
    so holds `reading`. `follows` says that the topics are followed here."""

    def __init__(
        self, connection: ClientConnection, address: str, read: Callable[[Line, Callable[[], bool], float], bool]
    ) -> None:
        self.connection = connection
        self.address = address
        self._read = read
        self.opened_at = time.monotonic()
        self.reading = threading.Lock()
        self.slots: dict[str, Slot] = {}
        self.streams: dict[str, Slot] = {}
        """Those that are open here, each until its caller closes it."""
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
        return [*self.slots.values(), *self.streams.values(), *self.controls, *self.event_slots]

    def leave_after(self, seconds: float) -> None:
        """Where nobody waits it came at a time that is not known: then the next call opens the next connection."""
        self.moves_at = time.monotonic() + (seconds if self._waiting else 0.0)

    def send(self, frame: str | bytes) -> None:
        """Nothing where the connection has ended."""
        with suppress(ConnectionClosed):
            self.connection.send(frame)

    def answered(self, request_id: str, reply: Reply) -> None:
        """A stream has what comes after its first frame."""
        slot = self.slots.get(request_id)
        if slot is None or slot.is_done:
            slot = self.streams.get(request_id)
        if slot is not None:
            slot.settle(reply)

    def hear(self) -> None:
        """What came while nobody read."""
        if self.reading.acquire(blocking=False):
            self._read_for_all(lambda: False, 0.0)

    def wait(self, slot: Slot, deadline: Deadline) -> None:
        """Until the slot is settled or the connection ends, reading for all whenever nobody else does; raises TimeoutError."""
        while not slot.is_done:
            if deadline.left_s <= 0:
                raise TimeoutError
            if not self.reading.acquire(blocking=False):
                slot.woken.wait(deadline.left_s)
                slot.woken.clear()
            elif not self._read_for_all(lambda: slot.is_done, deadline.left_s):
                return

    def _read_for_all(self, is_done: Callable[[], bool], within_s: float) -> bool:
        try:
            return self._read(self, is_done, within_s)
        finally:
            self.reading.release()
            self._hand_over()

    def _hand_over(self) -> None:
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

    def forget(self, request_id: str) -> bool:
        """No frame of this stream is wanted any more; whether it was open."""
        was_open = self.streams.pop(request_id, None) is not None
        self.end_if_quiet()
        return was_open

    def retire(self) -> None:
        """Another one has taken its place: it ends with the last call that waits here, and the last stream."""
        self._is_retired = True
        self.end_if_quiet()

    def end_if_quiet(self) -> None:
        if self._is_retired and not self.slots and not self.streams:
            self.connection.close()

    def lose(self, reason: str) -> None:
        """Who waits hears of it."""
        for slot in self._waiting:
            slot.settle(error=ConnectionLost(reason))
        self.controls.clear()
