"""The streams of one socket: each sends no more items than its client has said that it takes, and none that would only wait.

Promises: a stream holds one item that is not written yet; its frames never fill the outbox, since each waits until nothing is
owed there. Fewer streams than requests may run, so that the frames that let them go on are always read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from app.ws.envelope import MAX_ITEMS

FIRST_CREDIT = 32
"""Items that a stream may send before it hears of its client."""
MAX_STREAMS = 16
"""Of one socket, and of the 32 requests that may run: a socket is not read while 32 do, and requests that answer once end."""

Frame = Callable[[int, Any], bytes]
"""Of an item under its offset, which counts from 0; raises what its codec raises."""


class Stream:
    """`deliver` is its call's."""

    __slots__ = ("_credit", "_frame", "_offset", "_owes", "_send", "_unpaid", "_waiting")

    def __init__(self, owes: Callable[[], bool], send: Callable[[bytes], None], frame: Frame) -> None:
        self._owes = owes
        self._send = send
        self._frame = frame
        self._credit = FIRST_CREDIT
        self._offset = 0
        self._unpaid = 0
        """Items that have gone and that no grant has been given for yet."""
        self._waiting: asyncio.Future[None] | None = None

    async def deliver(self, item: Any) -> None:
        while not self._credit or self._owes():
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        self._credit -= 1
        self._unpaid += 1
        self._send(self._frame(self._offset, item))
        self._offset += 1

    def grant(self, items: int) -> bool:
        """More may be sent, 1,000 at most at any time. Whether an item has gone that no earlier grant was given for, which pays for
        this one: who grants as much as has come pays for each of his grants, though several come at once."""
        is_paid = self._unpaid > 0
        self._unpaid = max(0, self._unpaid - items)
        self._credit = min(self._credit + items, MAX_ITEMS)
        self.wake()
        return is_paid

    def wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class Streams:
    """One per socket; `owes` says whether a frame has not been written to its end, `send` sends one."""

    __slots__ = ("_open", "_owes", "_send")

    def __init__(self, owes: Callable[[], bool], send: Callable[[bytes], None]) -> None:
        self._owes = owes
        self._send = send
        self._open: dict[str, Stream] | None = None

    @property
    def is_full(self) -> bool:
        return self._open is not None and len(self._open) >= MAX_STREAMS

    def begin(self, req_id: str, frame: Frame) -> Stream:
        """To be ended by `end`, once, whatever becomes of it."""
        stream = Stream(self._owes, self._send, frame)
        self._open = self._open or {}
        self._open[req_id] = stream
        return stream

    def end(self, req_id: str) -> None:
        """Of a request that is no stream it does nothing."""
        if self._open is not None:
            self._open.pop(req_id, None)

    def grant(self, req_id: str, items: int) -> bool:
        """Whether the frame has been paid for by an item; one for a stream that is not there has not."""
        stream = (self._open or {}).get(req_id)
        return stream is not None and stream.grant(items)

    def wake(self) -> None:
        """Nothing is owed any more."""
        for stream in (self._open or {}).values():
            stream.wake()
