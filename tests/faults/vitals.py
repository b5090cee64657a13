"""INV1 to INV7 of the service as one check around a fault: what it answered, logged and held, and whether it was alive.

Promises: waits until what the service holds is back where it was, as long as the invariant allows; says all that is wrong.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx2
from redis.asyncio import Redis

from tests.faults.history import connect
from tests.faults.pulse import Pulse
from tests.faults.stage import Stage
from tests.load.plan import Result
from tests.spent import resident_kib

SETTLE_S = 30.0
"""INV3 allows 60 s."""
SLACK = {"rss_mib": 20, "fds": 5, "backends": 5, "redis_connections": 5, "sockets": 0}
LIVEZ_S = 0.1
LIVEZ_SHARE = 0.9
"""Two shared cores: a beat may wait for the processor, so that INV7 is asked of nine in ten, beyond what the machine adds."""
MAX_SERIES = 2000
FORBIDDEN = re.compile(
    r"Traceback|never retrieved|never awaited|non-checked-in|eyJ[\w-]{8,}\.[\w-]+|(?:pass)(?:word)['\"]?[=:] ?['\"]\w+"
)
BACKENDS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stele'"


@dataclass(frozen=True)
class Holdings:
    """What the service holds at a moment, as the system and its servers see it."""

    rss_mib: int
    fds: int
    backends: int
    redis_connections: int
    sockets: int
    """As the service counts them itself."""


@dataclass
class Vitals:
    """`faults` is complete after the block; `pulse` can be read in it."""

    pulse: Pulse
    before: Holdings
    after: Holdings | None = None
    settled_s: float = 0.0
    faults: list[str] = field(default_factory=list)


async def holdings(stage: Stage) -> Holdings:
    connection = await connect(stage.database_url)
    backends = await connection.fetchval(BACKENDS)
    await connection.close()
    async with Redis.from_url(stage.valkey.url) as redis:
        clients = len(await redis.client_list()) - 1
    pid, sockets = stage.service.process.pid, await gauge(stage, "stele_sockets")
    return Holdings(
        resident_kib(pid) // 1024, len(list(Path(f"/proc/{pid}/fd").iterdir())), backends, clients, int(sockets)
    )


@asynccontextmanager
async def watched(stage: Stage, *, settle_s: float = SETTLE_S, livez_s: float = LIVEZ_S) -> AsyncIterator[Vitals]:
    """Everything but INV4, of which `History` knows, and the answers, of which `unsound` does. Fails after the block, with all that is wrong."""
    read_before = len(stage.service.log())
    with Pulse(stage.service.port) as pulse:
        vitals = Vitals(pulse, await holdings(stage))
        yield vitals
        await _settle(stage, vitals, settle_s)
    vitals.faults += _unlogged(stage.service.log()[read_before:]) + await _series(stage)
    late_s, lag_s = pulse.percentile_s(LIVEZ_SHARE), pulse.lag_s(LIVEZ_SHARE)
    if pulse.missed or late_s > livez_s + lag_s:
        vitals.faults.append(
            f"/livez: {len(pulse.beats)} beats, missed {pulse.missed}, p90 {late_s:.3f} s, p50 {pulse.percentile_s(0.5):.3f} s, lag {lag_s:.3f} s"
        )
    print(
        f"settled after {vitals.settled_s:.1f} s, /livez p50 {pulse.percentile_s(0.5):.3f} s p90 {late_s:.3f} s, lag {lag_s:.3f} s"
    )
    if vitals.faults:
        raise AssertionError("\n".join(vitals.faults))


async def _settle(stage: Stage, vitals: Vitals, settle_s: float) -> None:
    """INV3."""
    begun, found = time.monotonic(), ["not looked at"]
    while found:
        vitals.after = await holdings(stage)
        vitals.settled_s = time.monotonic() - begun
        before, after = asdict(vitals.before), asdict(vitals.after)
        found = [
            f"{name} was {before[name]} and is {after[name]} after {vitals.settled_s:.0f} s"
            for name, slack in SLACK.items()
            if after[name] > before[name] + slack
        ]
        if vitals.settled_s > settle_s:
            break
        await asyncio.sleep(0.25)
    vitals.faults += found


def _unlogged(log: str) -> list[str]:
    """INV2 and INV5: the first lines with what no log may hold."""
    return [f"logged: {line[:600]}" for line in log.splitlines() if FORBIDDEN.search(line)][:5]


async def _series(stage: Stage) -> list[str]:
    """INV6."""
    count = sum(not line.startswith("#") for line in (await metrics(stage)).splitlines())
    return [f"/metrics has {count} series"] * (count >= MAX_SERIES)


async def metrics(stage: Stage) -> str:
    async with httpx2.AsyncClient(trust_env=False, timeout=20) as client:
        return (await client.get(f"{stage.service.url}/metrics")).text


async def gauge(stage: Stage, name: str) -> float:
    """The sum over the metric's labels."""
    found = re.findall(rf"^{name}(?:{{.*}})? (\S+)$", await metrics(stage), re.MULTILINE)
    return sum(float(one) for one in found)


def unsound(results: Iterable[Result]) -> list[str]:
    """INV1: every request has an answer, and every refusal is a problem that says when to come again."""
    found: list[str] = []
    for one in results:
        found += one.faults
        found += [f"{one.lost} connections ended without an answer"] * bool(one.lost)
        found += [f"{one.timeouts} requests had no answer in time"] * bool(one.timeouts)
    return found
