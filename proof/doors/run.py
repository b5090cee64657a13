"""Asks every door the same, each of a service of its own, and says where they differ.

The services begin alike and are asked alike, so that they are alike after each case: results, refusals, stored rows, audit rows, and the
events that a follower hears. Where a door lacks a call, or words for it, the others are asked; where stored rows are compared its service is asked at one of them, too.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field

from hypothesis import given, seed
from hypothesis.errors import Flaky

from codegen.ir.operations import Contract, Operation
from proof.difference import is_same
from proof.documents import Json
from proof.doors.cases import Cases, Drawn, filled, learn
from proof.doors.difference import OWN, outcomes_differ
from proof.doors.door import Asked, Broken, Door, Outcome
from proof.doors.events import Listener, events_differ, misled, settled
from proof.doors.judgement import Judgement, unaudited
from proof.doors.state import states_differ, stored
from proof.doors.topics import named_by, open_to, plain
from proof.drawing import drawing
from proof.values import freshened

STATE_EVERY = 500
"""Cases between two looks at what is stored."""
MIN_EXAMPLES = 10
"""Of a round: fewer may all be calls that too few doors have words for."""
MOST_FOLLOWED = 500
"""Names of topics in a round; a socket of a service may have 1,000."""
SETTLE_S = 3.0
"""For rows that are written behind an answer."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`calls` are the fewest that show it; the last of them is answered differently."""

    operation: str
    text: str
    calls: tuple[Asked, ...]

    @property
    def name(self) -> tuple[str, str]:
        """Said once in a run."""
        return self.operation, self.text.partition(":")[0]

    def __str__(self) -> str:
        asked = "\n".join(
            f"  {one.caller}: {one.operation} {json.dumps(one.fields, ensure_ascii=False)[:300]}" for one in self.calls
        )
        return f"{self.operation}: {self.text}\n{asked}"


@dataclass(slots=True)
class Tally:
    cases: int = 0
    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By operation and code."""
    passed_over: int = 0
    """Calls that too few doors have words for."""
    events: int = 0
    """Heard of each service."""
    differences: list[Difference] = field(default_factory=list)
    seconds: float = 0.0


class _Differs(Exception):
    pass


class Comparison:
    """`doors` are at services of their own. `databases` are theirs, in the same order, or none. With a `judgement`, what all doors
    answer alike must be what the contract says, too."""

    def __init__(
        self,
        contract: Contract,
        doors: Sequence[Door],
        callers: list[str],
        databases: Sequence[str] = (),
        *,
        only_reads: bool = False,
        judgement: Judgement | None = None,
        among: Collection[str] = (),
    ) -> None:
        self._doors = doors
        self._services = [(door, *door.beside()) for door in doors]
        """The doors of each."""
        self._judgement = judgement
        self._contract = contract
        self._callers = callers
        self._operations = {one.name: one for one in contract.operations}
        self._cases = Cases(contract, callers, only_reads=only_reads, among=among)
        self._databases = databases
        self._runner = asyncio.Runner()
        self._answered: Json = {}
        self._opened = AsyncExitStack()
        self._listeners: list[Listener] = []
        self._followed: set[str] = set()
        self._seen: set[tuple[str, str]] = set()
        self.tally = Tally()

    def run(self, cases: int, base_seed: int, max_differences: int = 10, look_every: int = STATE_EVERY) -> Tally:
        """So many calls, or until so many differences are known, or a round in which no call could be made; at the end the
        doors are closed. What is stored and heard is looked at after each `look_every` calls."""
        began = time.monotonic()
        try:
            for rounds in itertools.count():
                before = self.tally.cases
                self._runner.run(self._listen())
                self._hunt(max(MIN_EXAMPLES, min(look_every, cases - before) // 3), base_seed + rounds)
                is_over = self.tally.cases >= cases or len(self.tally.differences) >= max_differences
                is_apart = self._compare_events() | self._compare_states()
                if is_apart or is_over or self.tally.cases == before:
                    break
        finally:
            self._runner.run(self._close())
            self._runner.close()
        self.tally.seconds = time.monotonic() - began
        return self.tally

    async def _close(self) -> None:
        await self._opened.aclose()
        await asyncio.gather(*(door.close() for door in itertools.chain(*self._services)))

    def _hunt(self, examples: int, one_seed: int) -> None:
        @seed(one_seed)
        @drawing(examples)
        @given(self._cases.calls())
        def look(drawn: tuple[Drawn, ...]) -> None:
            found = self._runner.run(self._play(drawn))
            if found is not None and found.name not in self._seen:
                shown.append((drawn, found))
                raise _Differs

        shown: list[tuple[tuple[Drawn, ...], Difference]] = []
        with suppress(_Differs, Flaky, BaseExceptionGroup):
            look()
        if shown:
            found = self._shortest(*shown[-1])
            self.tally.differences.append(found)
            self._seen.add(found.name)

    def _shortest(self, drawn: tuple[Drawn, ...], found: Difference) -> Difference:
        """As few of the last calls as still show it: most differences need none before them, and Hypothesis does not try that."""
        for count in range(1, len(drawn)):
            again = self._runner.run(self._play(drawn[-count:]))
            if again is not None and again.name == found.name:
                return again
        return found

    async def _play(self, drawn: tuple[Drawn, ...]) -> Difference | None:
        made: list[Asked] = []
        names: dict[str, str] = {}
        for one in drawn:
            operation = self._operations[one.operation]
            fields = filled(freshened(one.fields, names), self._answered)
            asked = Asked(one.operation, fields, one.caller, str(uuid.uuid4()) if one.is_keyed else "")
            doors = able(self._doors, operation, asked)
            if len(doors) > 1 and self._databases:
                doors = one_of_each(self._services, operation, asked)
            if len(doors) < 2:
                self.tally.passed_over += 1
                continue
            made.append(asked)
            if not one.fault and (text := await self._follow(operation, fields)):
                return Difference(one.operation, text, tuple(made))
            outcomes = await asyncio.gather(*(_ask(door, asked) for door in doors))
            self.tally.cases += 1
            self.tally.codes[one.operation, outcomes[0].code] += 1
            if text := self._apart(doors, outcomes) or self._wrong(one, doors, outcomes):
                return Difference(one.operation, text, tuple(made))
            if operation.is_query and (text := await self._in_both(operation, doors, asked, outcomes)):
                return Difference(one.operation, text, tuple(made))
            if asked.key and (text := await self._again(doors, asked, outcomes)):
                return Difference(one.operation, text, (*made, asked))
            learn(operation, outcomes[0].value, self._answered)
        return None

    async def _again(self, doors: Sequence[Door], asked: Asked, before: Sequence[Outcome]) -> str:
        """What has a key is done once: asked again, it has the answer that it had."""
        after = await asyncio.gather(*(_ask(door, asked) for door in doors))
        for door, first, second in zip(doors, before, after, strict=True):
            if first.code == "ok" and (text := outcomes_differ(first, second)):
                return f"{door.name} answers the same key otherwise: {text}"
        return self._apart(doors, after)

    async def _in_both(
        self, operation: Operation, doors: Sequence[Door], asked: Asked, outcomes: Sequence[Outcome]
    ) -> str:
        """Two services have made their moments at two times; of one service both encodings say the same one, to the last digit. What its
        door says otherwise by now has changed, or is new with each answer. Each service is asked as often as the others."""
        if not any(outcomes_differ(outcomes[0], one, is_same) for one in outcomes[1:]):
            return ""
        twins = [twin for door in doors if (twin := self._twin(door)) and _is_able(twin, operation, asked)]
        if len(twins) < len(doors):
            return ""
        others = await asyncio.gather(*(_ask(twin, asked) for twin in twins))
        texts = [outcomes_differ(*both, is_same) for both in zip(outcomes, others, strict=True)]
        if not any(texts):
            return ""
        again = await asyncio.gather(*(_ask(door, asked) for door in doors))
        for door, twin, text, first, now in zip(doors, twins, texts, outcomes, again, strict=True):
            if text and not outcomes_differ(first, now, is_same):
                return f"{door.name} and {twin.name} of one service differ in {text}"
        return ""

    def _twin(self, door: Door) -> Door | None:
        """The same door of the same service, in another encoding."""
        beside = next((service for service in self._services if door in service), ())
        return next((one for one in beside if type(one) is type(door) and one.media != door.media), None)

    def _apart(self, doors: Sequence[Door], outcomes: Sequence[Outcome]) -> str:
        for door, outcome in zip(doors[1:], outcomes[1:], strict=True):
            if text := outcomes_differ(outcomes[0], outcome):
                return f"{doors[0].name} and {door.name} differ in {text}"
        return ""

    def _wrong(self, one: Drawn, doors: Sequence[Door], outcomes: Sequence[Outcome]) -> str:
        for door, outcome in zip(doors, outcomes, strict=True):
            caller = door.service.callers[one.caller] if self._judgement else None
            if self._judgement and caller:
                found = self._judgement.fault(self._operations[one.operation], outcome, caller, one.fault)
                if found:
                    return f"{door.name} is not as the contract says: {found}"
        return ""

    async def _listen(self) -> None:
        """One at each service, in the encoding of its door, for a round: so long a token lives. None where no caller may follow
        a topic, or one service has every door."""
        if not (self._databases and self._contract.socket_info):
            return
        for door in self._doors if self._judgement and not self.tally.cases else ():
            for name in self._callers:
                if text := await misled(door.service, name):
                    self.tally.differences.append(Difference("topics", f"{door.name}: {text}", ()))
        follower = max(self._callers, key=self._open_to)
        if not self._open_to(follower):
            return
        spoken = [media for _, media in self._contract.frames.encodings]
        async with AsyncExitStack() as opened:
            listeners = [
                await opened.enter_async_context(
                    Listener(door.service, follower, door.media if door.media in spoken else spoken[0])
                )
                for door in self._doors
            ]
            self._opened = opened.pop_all()
        for one in listeners:
            await one.follow_all()
        self._listeners, self._followed = listeners, set()

    def _open_to(self, name: str) -> int:
        """How many topics the caller may follow."""
        caller = self._doors[0].service.callers[name]
        return sum(bool(open_to(self._contract, caller, topic)) for topic in plain(self._contract))

    async def _follow(self, operation: Operation, fields: Json) -> str:
        """The names under which the call's events will go out. Each may be followed everywhere, or nowhere."""
        for name, topic in named_by(self._contract, operation, fields).items() if self._listeners else ():
            if name in self._followed or len(self._followed) >= MOST_FOLLOWED:
                continue
            may = await asyncio.gather(*(one.follow(name, topic) for one in self._listeners))
            if len(set(may)) > 1:
                return f"who may follow {name} differs: {', '.join(map(str, may))}"
            if may[0]:
                self._followed.add(name)
        return ""

    def _compare_events(self) -> bool:
        texts = self._runner.run(self._heard()) if self._listeners else []
        self.tally.differences += [Difference("what is heard", text, ()) for text in texts]
        return bool(texts)

    async def _heard(self) -> list[str]:
        await settled(self._listeners, SETTLE_S)
        await self._opened.aclose()
        heard = [one.events for one in self._listeners]
        self._listeners = []
        self.tally.events += sum(map(len, heard[0].values()))
        return events_differ([door.name for door in self._doors], heard, OWN)

    def _compare_states(self) -> bool:
        texts = self._runner.run(self._states()) if self._databases else []
        self.tally.differences += [Difference("what is stored", text, ()) for text in texts]
        return bool(texts)

    async def _states(self) -> list[str]:
        """Again until they are the same, or the time for what is written later is over."""
        until = time.monotonic() + SETTLE_S
        names = [door.name for door in self._doors]
        called = {name for name, _ in self.tally.codes}
        while True:
            states = await asyncio.gather(*map(stored, self._databases))
            found = states_differ(names, states)
            if self._judgement and "audit_log" in states[0]:
                found += unaudited(self._contract, called, states[0]["audit_log"])
            if not found or time.monotonic() > until:
                return found
            await asyncio.sleep(0.2)


def able(doors: Sequence[Door], operation: Operation, asked: Asked) -> list[Door]:
    """Those that have the call, and words for it."""
    return [door for door in doors if _is_able(door, operation, asked)]


def one_of_each(services: Sequence[Sequence[Door]], operation: Operation, asked: Asked) -> list[Door]:
    """Of the doors of each service the first that is able, so that what is stored stays alike; none where a service has none."""
    found = [able(doors, operation, asked)[:1] for doors in services]
    return [door for (door,) in found] if all(found) else []


def _is_able(door: Door, operation: Operation, asked: Asked) -> bool:
    return door.has(operation, asked.caller) and door.can(operation, asked.fields)


async def _ask(door: Door, asked: Asked) -> Outcome:
    try:
        return await door.call(asked)
    except Broken as error:
        return Outcome(f"broken: {error}")
