"""Bounds the work in progress: of the node, and so that no caller takes it from all others (ACCEPTANCE D22).

Promises: at most `capacity` operations run at once, and at most three quarters of them are one caller's, fewer while the turns of the
loop are long, since that is what the others wait for then; what waits is bounded,
served by class and, within a class, caller by caller in turn. A wait is at most 0.5 s; once the node has been full for 0.1 s
with pauses that are shorter, 50 ms, so that a refusal comes while the caller can still use it. Nothing has run when one is refused.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from app.admission.prospects import Prospects
from app.admission.streams import OpenStreams
from app.admission.tally import Refused, Tally
from app.admission.turns import Turns
from generated.errors import Unavailable
from generated.operations import Priority

BURST_S = 0.5
"""How long a burst may wait."""
STANDING_S = 0.05
"""How long anybody waits while the node stays full (D22): a refusal that comes later is of no use."""
MOST_S = STANDING_S / 2
"""What waits of all, and what an address waits for that has more than half of it: so nearly all that is let in is served, and there is room for others."""
NEARLY_S = STANDING_S * 0.7
"""What others are let in for: a caller's second and third wait longer than his first."""
FULL_FOR_S = 0.1
"""So long is no burst; and so long a pause is the end of it."""
LONG_TURN_S = 0.004
"""As long as it takes to read and answer a thousand rows. A write takes about eight turns."""
WAITING_PER_PLACE = 32
MAX_WAITING_PER_CALLER = 64
RETRY_S = (1, 2, 3)
"""Drawn, so that those who were refused together do not come back together."""

Place = asyncio.Future[bool]
"""Whether there is one; an error would know its future by its traceback, and the call with it."""
Callers = OrderedDict[str, deque[Place]]


class Shares:
    """`enter` before the work, `leave` after it, whatever becomes of it. One per worker; `capacity` is the number of
    its connections to PostgreSQL. No timer, no task and no wait while there is room."""

    def __init__(
        self, capacity: int, *, tally: Tally | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.capacity = capacity
        self._tally = tally or Tally()
        self.streams = OpenStreams(self._tally)
        self._clock = clock
        self._most_waiting = capacity * WAITING_PER_PLACE
        self._most = max(1, capacity * 3 // 4)
        self.share = self._most
        """What one caller may have running now. Only who has more than one at a time notices when it falls."""
        self._turns = Turns(clock)
        self._running = 0
        self._running_of: dict[str, int] = {}
        self._queues: dict[Priority, Callers] = {priority: OrderedDict() for priority in sorted(Priority)}
        self._waiting = 0
        self._waiting_of = [0] * len(Priority)
        self._prospects = Prospects()
        self._full_since: float | None = None
        self._room_since: float | None = None
        """Of the pause that there is in it."""
        self._rate = 0.0
        self._done = 0
        self._counted_since = clock()

    @property
    def running(self) -> int:
        """At most `capacity`."""
        return self._running

    @property
    def waiting(self) -> int:
        """Of all callers: at most 32 for each place, and 64 of one caller's."""
        return self._waiting

    def enter_at_once(self, caller: str) -> bool:
        """Whether there is room, which is taken then; nobody who waits could have used it."""
        self._turns.measure()
        of_caller = self._running_of.get(caller, 0)
        if self._running >= self.capacity or of_caller >= self.share:
            return False
        self._running += 1
        self._running_of[caller] = of_caller + 1
        return True

    async def enter(self, priority: Priority, caller: str) -> None:
        """Wait for room, 0.5 s at most; raises Unavailable when none comes in time or too many wait already. A
        cancelled one holds no place."""
        if self.enter_at_once(caller):
            return
        loop = asyncio.get_running_loop()
        place: Place = loop.create_future()
        now = self._clock()
        self._join(priority, caller, place, now)
        patience_s = self._patience_s(caller, now)
        timer = loop.call_later(patience_s, self._refuse, place, priority, caller, patience_s)
        try:
            if not await place:
                raise refusal()
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.leave(caller)
            raise
        finally:
            timer.cancel()
            self._quit(priority, caller, place)

    def leave(self, caller: str) -> None:
        """Once for each entry, with the same caller; the place goes to the next who waits."""
        self._running -= 1
        left = self._running_of[caller] - 1
        if left:
            self._running_of[caller] = left
        else:
            del self._running_of[caller]
        self._count_one_done()
        if self._waiting:
            self._hand_on()
        if self._running < self.capacity and self._full_since is not None and self._room_since is None:
            self._room_since = self._clock()

    def is_backed_up_for(self, priority: Priority, own: int, coming: int, addresses: int) -> bool:
        """The node stays full, and who comes now and has so many here already would wait longer than is waited then, or has more urgent ones before him
        for all that time: refusing him at once saves the work. `coming` are those that have been let in, from so many addresses, and do not wait here yet. Callers are served in turn: he
        waits for some of each, and not for all that one of them has; some come late in turn, so that all that waits is half of that time."""
        if self._full_since is None:
            return False
        if self._waiting >= self._most_waiting:
            return True
        if self._prospects.are_bad_for(priority, self._waiting_of[priority]):
            return self._is_standing(self._clock())
        waiting, callers = self._waiting + coming, addresses + sum(map(len, self._queues.values()))
        patience_s = MOST_S if 2 * own > waiting else NEARLY_S
        if waiting <= self._rate * MOST_S or callers * (own + 1) <= self._rate * patience_s:
            return False
        return self._is_standing(self._clock())

    def _is_standing(self, now: float) -> bool:
        """Room for a moment is no end: then all would be let in who come before it is full for long again."""
        if self._room_since is not None and now - self._room_since > FULL_FOR_S:
            self._full_since = self._room_since = None
            self._prospects.forget()
        return self._full_since is not None and now - self._full_since > FULL_FOR_S

    def _count_one_done(self) -> None:
        """The rate is that of the last tenth of a second, and as much of those before."""
        self._done += 1
        now = self._clock()
        passed_s = now - self._counted_since
        if passed_s >= FULL_FOR_S:
            self._rate = (self._rate + self._done / passed_s) / 2
            self._done, self._counted_since = 0, now
            self._adapt()

    def _adapt(self) -> None:
        turn_s = self._turns.mean_s()
        if turn_s is not None:
            is_long = turn_s > LONG_TURN_S
            self.share = max(1, self.share // 2) if is_long else min(self._most, self.share + 1)

    def _join(self, priority: Priority, caller: str, place: Place, now: float) -> None:
        queue = self._queues[priority]
        own = queue.get(caller, ())
        if self._waiting >= self._most_waiting:
            self._tally.add(Refused.SHARE_QUEUE)
            raise refusal()
        if len(own) >= MAX_WAITING_PER_CALLER:
            self._tally.add(Refused.SHARE_CALLER)
            raise refusal()
        queue.setdefault(caller, deque()).append(place)
        self._count_waiting(priority, 1)
        if self._running >= self.capacity:
            self._fill(now)

    def _count_waiting(self, priority: Priority, change: int) -> None:
        self._waiting += change
        self._waiting_of[priority] += change

    def _fill(self, now: float) -> None:
        self._is_standing(now)
        self._room_since = None
        if self._full_since is None:
            self._full_since = now

    def _quit(self, priority: Priority, caller: str, place: Place) -> None:
        """Who was admitted has left the queue already."""
        own = self._queues[priority].get(caller)
        if own is not None and place in own:
            own.remove(place)
            self._count_waiting(priority, -1)
            if not own:
                del self._queues[priority][caller]

    def _patience_s(self, caller: str, now: float) -> float:
        """Who only waits for his own work to end keeps no one else waiting."""
        waits_for_own = self._running_of.get(caller, 0) >= self.share
        return STANDING_S if self._is_standing(now) and not waits_for_own else BURST_S

    def _hand_on(self) -> None:
        """What is free, to those who still wait. A caller who got a place goes to the end of the line: each gets one in turn."""
        while (found := self._next()) is not None:
            priority, caller = found
            queue = self._queues[priority]
            own = queue[caller]
            place = own.popleft()
            self._count_waiting(priority, -1)
            queue.move_to_end(caller)
            if not own:
                del self._queues[priority][caller]
            if not place.done():
                self.enter_at_once(caller)
                self._prospects.was_served(priority)
                place.set_result(True)

    def _refuse(self, place: Place, priority: Priority, caller: str, patience_s: float) -> None:
        """Of a caller whose other work runs nothing is learned: it may be that for which he has waited."""
        if not place.done():
            self._tally.add(Refused.SHARE_WAIT)
            if patience_s == STANDING_S and caller not in self._running_of:
                self._prospects.waited_in_vain(priority)
            place.set_result(False)

    def _next(self) -> tuple[Priority, str] | None:
        """The most urgent caller with room of his own; who has none is passed over, and there are few of them."""
        if self._running >= self.capacity:
            return None
        for priority, queue in self._queues.items():
            for caller in queue:
                if self._running_of.get(caller, 0) < self.share:
                    return priority, caller
        return None


def refusal(draw: Callable[[tuple[int, ...]], int] = random.choice) -> Unavailable:
    """Says 1 to 3 s, by chance."""
    return Unavailable(retry_after_s=draw(RETRY_S))
