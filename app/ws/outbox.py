"""What a socket still has to send: in order, bounded, and without a task for as long as the peer keeps up.

Promises: `push` and `reply` never wait and never raise. Events are bounded: more than 1 MiB of them waiting closes with 4430
slow_consumer; of those of which only the last counts, only the last waits. Replies are not: whoever reads requests stops while `owes_replies`. A peer that takes not one byte for 10 s is
closed too, and cut off if it does not take the close either. Does not encode.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.broadcast.hub import MAX_WAITING_BYTES, Message
from app.telemetry.metrics.sockets import Traffic
from app.ws.bundles import Bundles, Join
from app.ws.peer import Peer
from app.ws.sending import GONE, Send, step
from generated.errors import CloseCode

STALL_S = 10.0
"""Without one byte taken (D17)."""
CHECK_S = 2.0
"""How often a peer that keeps us waiting is looked at."""
LINGER_S = 20.0
"""How long a close may wait for a peer that does not read."""

ABNORMAL = 1006


@dataclass(slots=True)
class Waiting:
    """A message and what it counts for: the bytes of an event, a reply as one of the replies, a close as neither. An event of which only
    the last counts takes the place of one that waits under the same `latest`."""

    message: Message
    event_bytes: int
    replies: int
    latest: str | None = None


class Outbox:
    """`close_code` is set once the socket is closing or gone; from then on everything is dropped, and nothing is owed.
    One per socket; all methods belong to the loop. While the peer keeps up a message costs no task and no timer.

    `on_paid` is called when the last of the replies that waited has been written, and at the end. `on_over` is called once: from then
    on nothing can be sent. `traffic` counts what is entered: frames without the close.
    """

    __slots__ = (
        "_drain", "_event_bytes", "_latest", "_loop", "_on_over", "_on_paid", "_peer", "_progress_at", "_queue", "_replies", "_send", "_timer",
        "_traffic", "_unsent_bytes", "close_code",
    )  # fmt: skip

    def __init__(
        self,
        send: Send,
        loop: asyncio.AbstractEventLoop,
        on_paid: Callable[[], None] = lambda: None,
        traffic: Traffic | None = None,
        on_over: Callable[[], None] = lambda: None,
        bind: Join | None = None,
    ) -> None:
        """With `bind` the frames of a turn leave together."""
        self._traffic = traffic or Traffic()
        self._send = send if bind is None else Bundles(send, bind, loop)
        self._peer = Peer(send)
        self._loop = loop
        self._on_paid = on_paid
        self._on_over = on_over
        self._queue: deque[Waiting] | None = None
        self._latest: dict[str, Waiting] = {}
        """Those that wait, and may be replaced."""
        self._event_bytes = 0
        self._replies = 0
        self._progress_at = 0.0
        self._unsent_bytes = 0
        self._drain: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.close_code: int | None = None

    @property
    def is_idle(self) -> bool:
        """Nothing waits: what is entered now goes out at once."""
        return self._queue is None

    @property
    def event_bytes(self) -> int:
        """Of events that wait for the client."""
        return self._event_bytes

    @property
    def replies(self) -> int:
        """Those that wait for the client."""
        return self._replies

    @property
    def is_over(self) -> bool:
        """Also where the peer has gone and nothing was sent since, so that nobody has noticed."""
        return self.close_code is not None or self._peer.is_gone

    @property
    def has_lost_its_peer(self) -> bool:
        """As far as nobody has noticed."""
        return self._peer.has_left

    @property
    def owes_replies(self) -> bool:
        """A reply has not been written to its end, so no further request is to be read."""
        return self._replies > 0 and self.close_code is None

    def push(self, message: Message, size: int, latest: str | None = None) -> None:
        """An event, of `size` bytes. It takes the place of one that waits under the same `latest`. What is beyond 1 MiB of waiting events
        closes the socket as slow_consumer; the event is dropped, and so is what waits."""
        if self.close_code is not None:
            return
        replaced = self._latest.get(latest) if latest is not None else None
        if (
            self._queue is not None
            and self._event_bytes + size - (replaced.event_bytes if replaced else 0) > MAX_WAITING_BYTES
        ):
            self._give_up()
        elif replaced is not None:
            self._event_bytes += size - replaced.event_bytes
            self._traffic.bytes_out += size - replaced.event_bytes
            replaced.message, replaced.event_bytes = message, size
        else:
            traffic = self._traffic
            traffic.frames_out += 1
            traffic.bytes_out += size
            self._enter(message, size, 0, latest)

    def reply(self, message: Message, size: int) -> None:
        """An answer, of `size` bytes. Never dropped while the socket lives, and without a bound: who reads requests looks
        at `owes_replies`. No event passes it: it may say where a topic begins, or be its history."""
        if self.close_code is None:
            self._latest.clear()
            traffic = self._traffic
            traffic.frames_out += 1
            traffic.bytes_out += size
            self._enter(message, 0, 1)

    def close(self, code: int, reason: str) -> None:
        """After what was pushed before; the first close wins. A peer that has not taken it after 20 s is cut off."""
        if self.close_code is not None:
            return
        self.close_code = code
        self._enter({"type": "websocket.close", "code": code, "reason": reason}, 0, 0)
        if self._queue is not None:
            self._watch(LINGER_S, self._cut_off)
        self._on_over()
        self._on_paid()

    def mark_gone(self, code: int) -> None:
        """The peer is away: nothing can be sent any more, and nothing waits."""
        if self.close_code is None:
            self.close_code = code
            self._on_over()
        if self._drain is not None:
            self._drain.cancel()
        self._rest()
        self._on_paid()

    def _enter(self, message: Message, event_bytes: int, replies: int, latest: str | None = None) -> None:
        if self._queue is not None:
            self._wait(self._queue, Waiting(message, event_bytes, replies, latest))
        else:
            try:
                rest = step(self._send, message)
            except GONE:
                self.mark_gone(ABNORMAL)
                return
            if rest is None:
                return
            self._begin_to_wait(rest, Waiting(message, event_bytes, replies))
        self._event_bytes += event_bytes
        self._replies += replies

    def _wait(self, queue: deque[Waiting], waiting: Waiting) -> None:
        queue.append(waiting)
        if waiting.latest is not None:
            self._latest[waiting.latest] = waiting

    def _begin_to_wait(self, rest: Awaitable[None], first: Waiting) -> None:
        self._queue = deque()
        self._progress_at = self._loop.time()
        self._unsent_bytes = self._peer.unsent_bytes()
        self._watch(CHECK_S, self._check_progress)
        self._drain = self._loop.create_task(self._send_rest(rest, first))

    async def _send_rest(self, rest: Awaitable[None], first: Waiting) -> None:
        queue = self._queue
        try:
            await rest
            self._settle(first)
            while queue:
                waiting = queue.popleft()
                if waiting.latest is not None and self._latest.get(waiting.latest) is waiting:
                    del self._latest[waiting.latest]
                await self._send(waiting.message)
                self._settle(waiting)
        except GONE:
            self.mark_gone(ABNORMAL)
        else:
            self._rest()

    def _settle(self, sent: Waiting) -> None:
        self._progress_at = self._loop.time()
        self._event_bytes -= sent.event_bytes
        self._replies -= sent.replies
        if sent.replies and not self._replies:
            self._on_paid()

    def _rest(self) -> None:
        self._queue = self._drain = None
        self._latest.clear()
        self._event_bytes = self._replies = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self, delay_s: float, callback: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(delay_s, callback)

    def _check_progress(self) -> None:
        """A message that is written to its end is progress, and so is every byte of one that is under way."""
        unsent_bytes = self._peer.unsent_bytes()
        if unsent_bytes < self._unsent_bytes:
            self._progress_at = self._loop.time()
        self._unsent_bytes = unsent_bytes
        left_s = self._progress_at + STALL_S - self._loop.time()
        if left_s > 0:
            self._watch(min(left_s, CHECK_S), self._check_progress)
        else:
            self._give_up()

    def _give_up(self) -> None:
        """What waits is dropped, so that the close is next after the message that is under way."""
        if self._queue is not None:
            self._queue.clear()
            self._latest.clear()
        if self.close_code is None:
            self._traffic.slow_consumers += 1
        self.close(CloseCode.SLOW_CONSUMER, "slow_consumer")

    def _cut_off(self) -> None:
        self._peer.cut_off()
        self.mark_gone(ABNORMAL)
