"""Asks every door the same, each of a service of its own, and says where they differ.

The services begin alike and are asked alike, so that they are alike after each case: results, refusals, stored rows and audit rows. Where a
door has no words for a call, and stored rows are compared, the call is not made; where they are not, the other doors are asked.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky

from codegen.ir.operations import Contract
from proof.documents import Json
from proof.doors.cases import Cases, Drawn, filled, learn
from proof.doors.difference import outcomes_differ
from proof.doors.door import Asked, Broken, Door, Outcome
from proof.doors.state import states_differ, stored
from proof.values import freshened

STATE_EVERY = 500
"""Cases between two looks at what is stored."""
SETTLE_S = 3.0
"""For rows that are written behind an answer."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`calls` are the fewest that show it; the last of them is answered differently."""

    operation: str
    text: str
    calls: tuple[Asked, ...]

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
    differences: list[Difference] = field(default_factory=list)
    seconds: float = 0.0


class _Differs(Exception):
    pass


class Comparison:
    """`doors` are at services of their own. `databases` are theirs, in the same order, or none."""

    def __init__(
        self,
        contract: Contract,
        doors: Sequence[Door],
        callers: list[str],
        databases: Sequence[str] = (),
        *,
        only_reads: bool = False,
    ) -> None:
        self._doors = doors
        self._operations = {one.name: one for one in contract.operations}
        self._cases = Cases(contract, callers, only_reads=only_reads)
        self._databases = databases
        self._runner = asyncio.Runner()
        self._answered: Json = {}
        self._seen: set[tuple[str, str]] = set()
        self._last: Difference | None = None
        self.tally = Tally()

    def run(self, cases: int, base_seed: int, max_differences: int = 10) -> Tally:
        """So many calls, or until so many differences are known; at the end the services are closed."""
        began = time.monotonic()
        try:
            rounds = 0
            while self.tally.cases < cases and len(self.tally.differences) < max_differences:
                due = min(STATE_EVERY, cases - self.tally.cases)
                self._hunt(max(1, due // 3), base_seed + rounds)
                rounds += 1
                if self._databases and self._compare_states():
                    break
        finally:
            self._runner.run(self._close())
            self._runner.close()
        self.tally.seconds = time.monotonic() - began
        return self.tally

    async def _close(self) -> None:
        await asyncio.gather(*(door.close() for door in self._doors))

    def _hunt(self, examples: int, one_seed: int) -> None:
        @seed(one_seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
        )
        @given(self._cases.calls())
        def look(drawn: tuple[Drawn, ...]) -> None:
            found = self._runner.run(self._play(drawn))
            if found is not None and (found.operation, found.text.partition(":")[0]) not in self._seen:
                self._last = found
                raise _Differs

        self._last = None
        try:
            look()
        except (_Differs, Flaky, BaseExceptionGroup):
            if self._last is not None:
                self.tally.differences.append(self._last)
                self._seen.add((self._last.operation, self._last.text.partition(":")[0]))

    async def _play(self, drawn: tuple[Drawn, ...]) -> Difference | None:
        made: list[Asked] = []
        names: dict[str, str] = {}
        for one in drawn:
            operation = self._operations[one.operation]
            fields = filled(freshened(one.fields, names), self._answered)
            having = [door for door in self._doors if door.has(operation)]
            doors = [door for door in having if door.can(operation, fields)]
            if len(doors) < 2 or (self._databases and len(doors) < len(having)):
                self.tally.passed_over += 1
                continue
            asked = Asked(one.operation, fields, one.caller, str(uuid.uuid4()) if one.is_keyed else "")
            made.append(asked)
            outcomes = await asyncio.gather(*(_ask(door, asked) for door in doors))
            self.tally.cases += 1
            self.tally.codes[one.operation, outcomes[0].code] += 1
            for door, outcome in zip(doors[1:], outcomes[1:], strict=True):
                if text := outcomes_differ(outcomes[0], outcome):
                    return Difference(one.operation, f"{doors[0].name} and {door.name} differ in {text}", tuple(made))
            learn(operation, outcomes[0].value, self._answered)
        return None

    def _compare_states(self) -> bool:
        texts = self._runner.run(self._states())
        self.tally.differences += [Difference("what is stored", text, ()) for text in texts]
        return bool(texts)

    async def _states(self) -> list[str]:
        """Again until they are the same, or the time for what is written later is over."""
        until = time.monotonic() + SETTLE_S
        names = [door.name for door in self._doors]
        while True:
            found = states_differ(names, await asyncio.gather(*map(stored, self._databases)))
            if not found or time.monotonic() > until:
                return found
            await asyncio.sleep(0.2)


async def _ask(door: Door, asked: Asked) -> Outcome:
    try:
        return await door.call(asked)
    except Broken as error:
        return Outcome(f"broken: {error}")
