"""Abuse beside honest traffic: whatever strangers and users without scruples send, the others notice little of it."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.faults.abuses import NAMES, abuses
from tests.faults.stage import Stage
from tests.faults.traffic import reads, socket_reads, writes
from tests.faults.vitals import unsound, watched
from tests.load.openloop import offer
from tests.load.plan import Flood, Report, Stream
from tests.some import each

USERS = 20
"""Of the stage's; its last one is the abuser, whose limits no honest caller of another test has a part of."""
FLOOD_S, CALM_S = 2.0, 1.5
ATTEMPTS = 3
NOISE_S = 0.15
"""Flood, service, servers and honest callers share two cores."""
NICE = 10
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]
LONG = [pytest.mark.long, pytest.mark.timeout(2400)]
SEEDS = [pytest.param(seed, 600.0, marks=LONG) for seed in range(1, 6)]


def honest(stage: Stage) -> tuple[Stream, ...]:
    """Of the first users."""
    crowd = stage.crowd(0, USERS)
    return reads(crowd, 60), socket_reads(crowd, 40), writes(crowd, 20)


def make_flood(stage: Stage, name: str) -> Flood:
    return abuses(stage.tokens[-1], stage.powerless)[name]()


async def flood(stage: Stage, seconds: float, floods: tuple[Flood, ...]) -> Report:
    """The honest traffic meanwhile; floods are another process, which gives way where cores are few."""
    abuse = asyncio.create_task(offer(stage.port, seconds + 1.0, floods=floods, nice=NICE))
    await asyncio.sleep(0.5)
    report = await offer(stage.port, seconds, *honest(stage))
    await abuse
    return report


def harm(beside: Report, calm: Report) -> list[str]:
    """What the honest traffic suffered: requests that failed, and a p99 that more than doubled."""
    found = unsound(beside.streams.values())
    for name, result in beside.streams.items():
        p99_s = calm.streams[name].ok.p99
        if result.ok.count != result.sent + result.unsent:
            found.append(f"{name}: {result}")
        if result.ok.p99 > max(2 * p99_s, p99_s + NOISE_S) + beside.lag_s:
            found.append(f"{name}: p99 {result.ok.p99:.3f} s beside {p99_s:.3f} s alone")
    return found


async def assert_unharmed(stage: Stage, seconds: float, floods: tuple[Flood, ...]) -> None:
    """What the machine does may look like harm once or twice; what the abuse does is there every time."""
    found = ["not tried"]
    for _ in range(ATTEMPTS):
        calm = await offer(stage.port, CALM_S, *honest(stage))
        found = harm(await flood(stage, seconds, floods), calm)
        if not found:
            return
    raise AssertionError("\n".join(found))


@pytest.mark.parametrize("name", each(2, NAMES))
@pytest.mark.survives("D13", "D22")
async def test_one_kind_of_abuse_costs_the_others_little(strict: Stage, name: str) -> None:
    """Faults 5, 7, 8 (D13, D22): two sockets or some connections of one address send one kind of frame or request as fast as it is
    taken. Every request of twenty honest users succeeds, their p99 at most doubles, and `/livez` answers."""
    async with watched(strict):
        await assert_unharmed(strict, FLOOD_S, (make_flood(strict, name),))


@pytest.mark.long
@pytest.mark.survives("D22")
async def test_a_user_who_asks_for_a_thousand_rows_again_and_again_costs_the_others_little(strict: Stage) -> None:
    """D22: one user spends the whole of his limit of a minute within some seconds, on searches that answer 1,000 rows each. Every request
    of twenty honest users succeeds meanwhile, and their p99 at most doubles."""
    await strict.sql("INSERT INTO artist (name) SELECT 'many ' || n FROM generate_series(1, 900) n")
    greedy = abuses(strict.tokens[-2], strict.powerless)["searches"]()
    async with watched(strict):
        calm = await offer(strict.port, CALM_S, *honest(strict))
        abuse = asyncio.create_task(offer(strict.port, 8.0, floods=(greedy,), nice=NICE))
        beside = await offer(strict.port, 8.0, *honest(strict))
        heard = (await abuse).floods["searches"].bytes_heard
    assert harm(beside, calm) == []
    assert heard > 50e6, "nothing was asked for"


@pytest.mark.parametrize(("seed", "seconds"), [(0, 12.0), *SEEDS])
@pytest.mark.survives("D22")
async def test_mixed_abuse_costs_the_others_little(strict: Stage, seed: int, seconds: float) -> None:
    """Every kind of abuse in turn, three at a time. Every request of twenty honest users succeeds, their p99 at most doubles, and
    afterwards the node holds what it held before."""
    dice, rounds = random.Random(seed), max(3, round(seconds / 20))
    async with watched(strict):
        for _ in range(rounds):
            chosen = tuple(make_flood(strict, name) for name in dice.sample(NAMES, 3))
            print(*(one.name for one in chosen))
            await assert_unharmed(strict, seconds / rounds, chosen)
