"""Abuse beside honest traffic: whatever strangers and users without scruples send, the others notice little of it."""

from __future__ import annotations

import asyncio
import random

import pytest
import pytest_asyncio

from tests.faults.abuses import NAMES, abuses
from tests.faults.stage import Stage
from tests.faults.traffic import reads, socket_reads, warm, writes
from tests.faults.vitals import unsound, watched
from tests.load.openloop import offer
from tests.load.plan import Flood, Report, Stream

USERS = 20
"""Of the stage's; the next one is the abuser."""
FLOOD_S = 3.0
NOISE_S = 0.15
"""Flood, service, servers and honest callers share two cores."""
NICE = 10
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]
SEEDS = [pytest.param(seed, 600.0, marks=[pytest.mark.long, pytest.mark.timeout(900)]) for seed in range(1, 6)]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def p99_s(strict_stage: Stage) -> dict[str, float]:
    """Of the honest traffic alone."""
    await strict_stage.reset()
    await warm(strict_stage)
    report = await offer(strict_stage.port, 2 * FLOOD_S, *honest(strict_stage))
    return {name: result.ok.p99 for name, result in report.streams.items()}


def honest(stage: Stage) -> tuple[Stream, ...]:
    """Of all users but the last, who is the abuser."""
    crowd = stage.crowd(0, USERS)
    return reads(crowd, 60), socket_reads(crowd, 40), writes(crowd, 20)


def make_flood(stage: Stage, name: str) -> Flood:
    return abuses(stage.tokens[USERS], stage.powerless)[name]()


async def flood(stage: Stage, seconds: float, floods: tuple[Flood, ...]) -> Report:
    """The honest traffic meanwhile; floods are another process, which gives way where cores are few."""
    abuse = asyncio.create_task(offer(stage.port, seconds + 1.0, floods=floods, nice=NICE))
    await asyncio.sleep(0.5)
    report = await offer(stage.port, seconds, *honest(stage))
    await abuse
    return report


def assert_unharmed(report: Report, p99_s: dict[str, float]) -> None:
    assert "\n".join(unsound(report.streams.values())) == ""
    for name, result in report.streams.items():
        assert result.ok.count == result.sent + result.unsent, f"{name}: {result}"
        allowed_s = max(2 * p99_s[name], p99_s[name] + NOISE_S) + report.lag_s
        assert result.ok.p99 <= allowed_s, f"{name}: p99 {result.ok.p99:.3f} s beside {p99_s[name]:.3f} s alone"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.survives("D13", "D22", "9.5", "9.7")
async def test_one_kind_of_abuse_costs_the_others_little(strict: Stage, p99_s: dict[str, float], name: str) -> None:
    """Faults 5, 7, 8 (D13, D22): two sockets or some connections of one address send one kind of frame or request as fast as it is
    taken. Every request of twenty honest users succeeds, their p99 at most doubles, and `/livez` answers."""
    async with watched(strict):
        report = await flood(strict, FLOOD_S, (make_flood(strict, name),))
    assert_unharmed(report, p99_s)


@pytest.mark.parametrize(("seed", "seconds"), [(0, 18.0), *SEEDS])
@pytest.mark.survives("D22", "9.7")
async def test_mixed_abuse_costs_the_others_little(
    strict: Stage, p99_s: dict[str, float], seed: int, seconds: float
) -> None:
    """Every kind of abuse in turn, three at a time. Every request of twenty honest users succeeds, their p99 at most doubles, and
    afterwards the node holds what it held before."""
    dice, rounds = random.Random(seed), max(3, round(seconds / 20))
    async with watched(strict):
        for _ in range(rounds):
            chosen = tuple([make_flood(strict, name) for name in dice.sample(NAMES, 3)])
            print(*(one.name for one in chosen))
            assert_unharmed(await flood(strict, seconds / rounds, chosen), p99_s)
