"""Ordinary work for a long time: what comes and goes leaves nothing behind."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import asdict, dataclass
from statistics import linear_regression

import httpx2
import pytest
from redis.asyncio import Redis

from tests.faults.stage import Stage
from tests.faults.traffic import reads, socket_reads, writes
from tests.faults.visitors import Visitors
from tests.faults.vitals import gauge, holdings, metrics, unsound, watched
from tests.load.openloop import offer

COME_PER_S = 5.0
SAMPLES = 20
WARM_SHARE = 0.3
"""Of the samples, those in which caches and pools fill; they are not judged."""
RENEWERS = 5
GROWTH_MIB_PER_S = 1.0 / 600
"""L05: 1 MiB in ten minutes."""
NOISE_MIB = 3.0
"""What the allocator holds more or less of from one moment to the next."""
SLACK = {"fds": 10, "tasks": 30, "series": 5, "redis_keys": 60, "backends": 5}
"""Requests and sockets that are under way at the moment of one sample and not at another's; keys that live for a window."""
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]


@dataclass
class Sample:
    at_s: float
    rss_mib: int
    fds: int
    backends: int
    tasks: int
    series: int
    redis_keys: int


async def sample(stage: Stage) -> Sample:
    held = await holdings(stage)
    series = sum(not line.startswith("#") for line in (await metrics(stage)).splitlines())
    tasks = int(await gauge(stage, "stele_tasks"))
    async with Redis.from_url(stage.valkey.url) as redis:
        keys = await redis.dbsize()
    return Sample(time.monotonic(), held.rss_mib, held.fds, held.backends, tasks, series, keys)


async def samples(stage: Stage, seconds: float) -> list[Sample]:
    found = []
    for _ in range(SAMPLES):
        await asyncio.sleep(seconds / SAMPLES)
        found.append(await sample(stage))
    return found


async def renew(stage: Stage, visitors: Visitors, every_s: float) -> None:
    """The first users log in at the service and renew their sessions in turn, as their clients would; their open sockets are told."""
    async with httpx2.AsyncClient(base_url=stage.service.url, trust_env=False, timeout=30) as client:
        sessions = []
        for user in range(RENEWERS):
            answer = await client.post("/auth/login", json={"username": f"u{user}", "password": f"u{user}"})
            sessions.append(answer.raise_for_status().json())
            visitors.renew(user, sessions[user]["access_token"])
        for user in itertools.cycle(range(RENEWERS)):
            await asyncio.sleep(every_s)
            body = {"refresh_token": sessions[user]["refresh_token"]}
            sessions[user] |= (await client.post("/auth/refresh", json=body)).raise_for_status().json()
            visitors.renew(user, sessions[user]["access_token"])


def growth(found: list[Sample]) -> list[str]:
    """Of the samples after the warm ones: what is more at the end than it was, beyond what comes and goes."""
    judged = found[int(len(found) * WARM_SHARE) :]
    half = len(judged) // 2
    early, late = (
        {name: sorted(asdict(one)[name] for one in part)[len(part) // 2] for name in SLACK}
        for part in (judged[:half], judged[half:])
    )
    grown = [
        f"{name} was {early[name]} and is {late[name]}"
        for name, slack in SLACK.items()
        if late[name] > early[name] + slack
    ]
    slope = linear_regression([one.at_s for one in judged], [one.rss_mib for one in judged]).slope
    took_s = judged[-1].at_s - judged[0].at_s
    if (slope - GROWTH_MIB_PER_S) * took_s > NOISE_MIB:
        grown.append(f"RSS grew by {slope * 600:.1f} MiB in ten minutes")
    return grown


@pytest.mark.parametrize(
    ("seconds", "sockets", "rate"),
    [(30.0, 100, 40), pytest.param(1200.0, 500, 200, marks=[pytest.mark.long, pytest.mark.timeout(1500)])],
)
@pytest.mark.survives("L05")
async def test_l05_what_comes_and_goes_leaves_nothing_behind(
    direct: Stage, seconds: float, sockets: int, rate: float
) -> None:
    """L05: sockets of which five a second leave and as many come, some with a topic; requests at both doors, an eighth of them writes;
    sessions are renewed, over HTTP and on their sockets. Memory, descriptors, tasks, series, connections and Redis's keys are no more
    at the end than when it was warm. In its long form 20 minutes, 500 sockets and 200 requests a second."""
    load = (reads(direct, rate / 2), socket_reads(direct, rate * 3 / 8), writes(direct, rate / 8))
    visitors = Visitors(direct.port, list(direct.tokens), "artists", count=sockets, per_s=COME_PER_S)
    async with watched(direct), visitors:
        renewing = asyncio.create_task(renew(direct, visitors, 1.0))
        offering = asyncio.create_task(offer(direct.port, seconds + 1.0, *load))
        found = await samples(direct, seconds)
        report = await offering
        renewing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await renewing
    print(*found, sep="\n")
    assert "\n".join(unsound(report.streams.values())) == ""
    assert visitors.came >= 0.5 * seconds * COME_PER_S
    assert growth(found) == []
