"""The schedule is open: a service that is slow is asked no less, and what waits for it is slow too."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from codegen.ir.operations import Contract, Operation
from proof.documents import JSON, Json
from proof.doors.cases import Cases
from proof.doors.door import Asked, Broken, Door, Outcome, Service
from proof.load.calls import Mix
from proof.load.run import BROKEN, LANES, Load, Tally
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED


class Slow(Door):
    """Answers after so long; `most` is how many calls were under way at once."""

    name, media = "slow", JSON
    under_way = most = closed = 0

    def __init__(self, service: Service, seconds: float, *, is_broken: bool = False) -> None:
        self.service = service
        self._seconds = seconds
        self._is_broken = is_broken

    def has(self, operation: Operation, caller: str) -> bool:
        return True

    def can(self, operation: Operation, fields: Json) -> bool:
        return True

    async def call(self, asked: Asked) -> Outcome:
        Slow.under_way += 1
        Slow.most = max(Slow.most, Slow.under_way)
        await asyncio.sleep(self._seconds)
        Slow.under_way -= 1
        if self._is_broken:
            raise Broken
        return Outcome("ok", {"items": [], "meta": {}})

    def beside(self) -> Sequence[Door]:
        return ()

    async def close(self) -> None:
        Slow.closed += 1


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compiled(SHIPPED)


def run(contract: Contract, door_s: float, rate: float, *, is_broken: bool = False) -> Tally:
    Slow.under_way = Slow.most = Slow.closed = 0
    service = Service("http://127.0.0.1:1", contract, {})
    mix = Mix(contract, Cases(contract, ["admin"], among=["get_artists"]), 1)

    def doors() -> Sequence[Door]:
        return [Slow(service, door_s, is_broken=is_broken)]

    return asyncio.run(Load(mix, doors, ["admin"], rate=rate, seconds=1.0).run())


def test_what_waits_for_a_slow_service_counts_as_slow(contract: Contract) -> None:
    """200 calls in a second at a door that can answer 80: the last are late by more than a second, though each takes 0.1 s."""
    tally = run(contract, 0.1, 200)
    seen = tally.seen["get_artists", "slow"]
    assert seen.codes == {"ok": 200}
    assert max(seen.seconds) > 1.0
    assert Slow.most == LANES
    assert Slow.closed == LANES


def test_a_service_that_keeps_up_is_asked_at_the_pace(contract: Contract) -> None:
    tally = run(contract, 0.01, 50)
    assert tally.seen["get_artists", "slow"].codes == {"ok": 50}
    assert tally.seconds > 0.9


def test_no_answer_has_no_time_and_is_counted(contract: Contract) -> None:
    seen = run(contract, 0.0, 50, is_broken=True).seen["get_artists", "slow"]
    assert (seen.seconds, seen.codes) == ([], {BROKEN: 50})
