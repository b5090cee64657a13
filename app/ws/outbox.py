"""What a socket still has to send: in order, bounded, and without a task for as long as the peer keeps up.

Promises: `push` never waits and never raises; more than 1 MiB waiting, or 10 s in which nothing could be sent, closes with
4430 slow_consumer; a peer that then does not take the close either is cut off. Does not encode.
"""

from __future__ import annotations

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from typing import Any

from app.broadcast.hub import Message
from generated.errors import CloseCode

MAX_BYTES = 1 << 20
STALL_S = 10.0
LINGER_S = 20.0
"""How long a close may wait for a peer that does not read."""

Send = Callable[[Message], Awaitable[None]]
ABNORMAL = 1006
GONE = (OSError, RuntimeError)
"""What a server raises by `send` once the peer, or our own close, has ended the socket."""


def step(send: Send, message: Message) -> Awaitable[None] | None:
    """Sends without a task as far as that goes: None if all went, else the rest, which a task must await.

    uvicorn's `send` waits only for its own future, so it may be started here and ended there.
    """
    sending = send(message)
    if not isinstance(sending, Coroutine):
        return sending
    try:
        waits_for = sending.send(None)
    except StopIteration:
        return None
    return _finish(sending, waits_for)


@types.coroutine
def _finish(sending: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            yield waits_for
        except BaseException as error:
            with suppress(StopIteration):
                sending.throw(error)
            raise
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return


def abort(send: Send) -> None:
    """Cuts the connection, which ASGI has no message for: through uvicorn's protocol, where `send` is its method."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()


class Outbox:
    """`close_code` is set once the socket is closing or gone; from then on pushes are dropped."""

    __slots__ = ("_drain", "_loop", "_progress_at", "_queue", "_send", "_timer", "_waiting_bytes", "close_code")

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self._send = send
        self._loop = loop
        self._queue: deque[tuple[Message, int]] | None = None
        self._waiting_bytes = 0
        self._progress_at = 0.0
        self._drain: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.close_code: int | None = None

    @property
    def is_idle(self) -> bool:
        return self._queue is None

    def push(self, message: Message, size: int) -> None:
        if self.close_code is not None:
            return
        if self._queue is not None and self._waiting_bytes + size > MAX_BYTES:
            self._give_up()
        else:
            self._enter(message, size)

    def close(self, code: int, reason: str) -> None:
        """After what was pushed before; the first close wins."""
        if self.close_code is not None:
            return
        self.close_code = code
        self._enter({"type": "websocket.close", "code": code, "reason": reason}, 0)
        if self._queue is not None:
            self._watch(LINGER_S, self._cut_off)

    def mark_gone(self, code: int) -> None:
        """The peer is away: nothing can be sent any more, and nothing waits."""
        if self.close_code is None:
            self.close_code = code
        if self._drain is not None:
            self._drain.cancel()
        self._rest()

    def _enter(self, message: Message, size: int) -> None:
        if self._queue is not None:
            self._queue.append((message, size))
            self._waiting_bytes += size
            return
        try:
            rest = step(self._send, message)
        except GONE:
            self.mark_gone(ABNORMAL)
            return
        if rest is not None:
            self._queue = deque()
            self._waiting_bytes = size
            self._progress_at = self._loop.time()
            self._watch(STALL_S, self._check_progress)
            self._drain = self._loop.create_task(self._send_rest(rest, size))

    async def _send_rest(self, rest: Awaitable[None], size: int) -> None:
        try:
            await rest
            queue = self._queue
            while queue:
                self._waiting_bytes -= size
                self._progress_at = self._loop.time()
                message, size = queue.popleft()
                await self._send(message)
        except GONE:
            self.mark_gone(ABNORMAL)
        else:
            self._rest()

    def _rest(self) -> None:
        self._queue = self._drain = None
        self._waiting_bytes = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self, delay_s: float, callback: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, callback)

    def _check_progress(self) -> None:
        left_s = self._progress_at + STALL_S - self._loop.time()
        if left_s > 0:
            self._watch(left_s, self._check_progress)
        else:
            self._give_up()

    def _give_up(self) -> None:
        """What waits is dropped, so that the close is next after the message that is under way."""
        if self._queue is not None:
            self._queue.clear()
        self.close(CloseCode.SLOW_CONSUMER, "slow_consumer")

    def _cut_off(self) -> None:
        abort(self._send)
        self.mark_gone(ABNORMAL)
