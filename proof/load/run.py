"""Asks a service so many calls a second, whatever it answers, and notes how long each took.

The schedule is open (a slow service is asked no less), and a call's time begins when it was due: what waits for one that is slow
counts as slow too, as it does for users (the fault of closed loops is known as coordinated omission).
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from codegen.ir.operations import Operation
from proof.doors.door import Broken, Door
from proof.load.calls import Mix

LANES = 8
"""Calls under way at one door; one socket carries one call at a time, and a user may have so many sockets and no more."""
BROKEN = "no answer"


@dataclass(slots=True)
class Seen:
    """Of one operation at one door. Seconds are of answered calls alone; what could not be read or never came is in `codes`."""

    seconds: list[float] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    seen: dict[tuple[str, str], Seen] = field(default_factory=lambda: defaultdict(Seen))
    """By operation and the name of its door."""
    passed_over: int = 0
    """Calls that were due, and could not be made."""
    seconds: float = 0.0


class Load:
    """`doors` makes the doors of one lane: each lane has its own, so that a socket carries one call at a time. `rate` is calls a
    second, over all operations and doors."""

    def __init__(
        self, mix: Mix, doors: Callable[[], Sequence[Door]], callers: Sequence[str], *, rate: float, seconds: float
    ) -> None:
        self._mix = mix
        self._callers = callers
        self._lanes = [doors() for _ in range(LANES)]
        self._rate = rate
        self._count = max(1, round(rate * seconds))
        self.tally = Tally()

    async def run(self) -> Tally:
        """Ends when the last call has its answer; `door.ANSWER_S` bounds each. What opens connections is not counted."""
        turns = self._turns()
        try:
            await asyncio.gather(*(self._open(lane, turns) for lane in range(LANES)))
            begun = time.monotonic()
            due = (begun + number / self._rate for number in range(self._count))
            endless = itertools.cycle(turns)
            async with asyncio.TaskGroup() as group:
                for lane in range(LANES):
                    group.create_task(self._lane(lane, due, endless))
            self.tally.seconds = time.monotonic() - begun
        finally:
            await asyncio.gather(*(door.close() for doors in self._lanes for door in doors), return_exceptions=True)
        return self.tally

    def _turns(self) -> list[tuple[Operation, int]]:
        """Each operation at each of its doors."""
        return [
            (operation, index)
            for operation in self._mix.operations
            for index, door in enumerate(self._lanes[0])
            if any(door.has(operation, caller) for caller in self._callers)
        ]

    async def _open(self, lane: int, turns: Sequence[tuple[Operation, int]]) -> None:
        """One call at each door, of what reads if anything does."""
        first = {index: operation for operation, index in sorted(turns, key=lambda one: one[0].is_query)}
        for index, operation in first.items():
            await self._ask(lane, operation, index)

    async def _lane(self, lane: int, due: Iterator[float], turns: Iterator[tuple[Operation, int]]) -> None:
        for at in due:
            operation, index = next(turns)
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            code = await self._ask(lane, operation, index)
            if code is None:
                self.tally.passed_over += 1
                continue
            seen = self.tally.seen[operation.name, self._lanes[lane][index].name]
            seen.codes[code] += 1
            if code != BROKEN:
                seen.seconds.append(time.monotonic() - at)

    async def _ask(self, lane: int, operation: Operation, index: int) -> str | None:
        """The code of its answer; None where there is nothing to ask, the door has no words for it, or its caller does not find it there."""
        door, turn = self._lanes[lane][index], self._mix.next(operation)
        if turn is None:
            return None
        outcome, code = None, None
        try:
            if door.has(operation, turn.asked.caller) and door.can(operation, turn.asked.fields):
                outcome = await door.call(turn.asked)
                code = outcome.code
        except Broken:
            code = BROKEN
        self._mix.learn(operation, turn, outcome)
        return code
