"""Who watches the service hears of what fails, and of nothing else: a real Prometheus, real parts that are taken away."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from generated.product import NAME
from tests.faults.processes import down
from tests.faults.prometheus import prometheus
from tests.faults.stage import Stage
from tests.faults.traffic import begin, reads

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults"), pytest.mark.timeout(180)]
WITHIN_S = 30.0
CONSEQUENCES = {
    "BreakerIsOpen",
    "PartIsDown",
    "ConnectionsAreRefused",
    "OperationFails",
    "OperationFailsSteadily",
    "TaskFails",
}
"""Of a database that is away: what callers of operations see, of the pool, and of what works beside them."""


async def test_a_database_that_ends_is_told_by_its_alert_and_the_alert_ends_with_the_outage(
    direct: Stage, tmp_path: Path
) -> None:
    """PostgreSQL is ended under traffic: `PartIsDown` fires for the database. The node is there, so `TargetIsGone` does not; and a
    while after PostgreSQL is back it ends."""
    async with prometheus(tmp_path / "prometheus", direct.port) as watcher:
        load = await begin(direct, 10.0, reads(direct, 20))
        await asyncio.sleep(2.0)
        assert await watcher.firing() == set()
        async with down(direct.postgres, signal.SIGQUIT):
            fired = await watcher.fires("PartIsDown", "database", WITHIN_S)
        await load
        assert {name for name, _ in fired} <= CONSEQUENCES
        await watcher.ends("PartIsDown", "database", WITHIN_S)


async def test_a_redis_that_ends_opens_its_breaker_and_only_degrades(direct: Stage, tmp_path: Path) -> None:
    """The node goes on serving without Redis, so that nobody is woken: `BreakerIsOpen` and `LimiterIsAlone` are tickets."""
    async with prometheus(tmp_path / "prometheus", direct.port) as watcher:
        load = await begin(direct, 8.0, reads(direct, 20))
        async with down(direct.valkey, signal.SIGKILL):
            fired = await watcher.fires("BreakerIsOpen", "redis", WITHIN_S)
            fired |= await watcher.fires("LimiterIsAlone", "", WITHIN_S)
        await load
        assert not {"PartIsDown", "TargetIsGone", "OperationFails"} & {name for name, _ in fired}


async def test_a_node_that_is_killed_is_told(direct: Stage, tmp_path: Path) -> None:
    """SIGKILL ends the node: `TargetIsGone` and, as it is the only one, `NobodyServes` fire, until it is back."""
    async with prometheus(tmp_path / "prometheus", direct.port) as watcher:
        await watcher.sees(f"count({NAME}_build_info)", 1, WITHIN_S)
        await asyncio.to_thread(direct.service.process.kill)
        await watcher.fires("TargetIsGone", "", WITHIN_S)
        await watcher.fires("NobodyServes", "", WITHIN_S)
        await asyncio.to_thread(direct.service.process.start)
        await watcher.ends("TargetIsGone", "", WITHIN_S)
        await watcher.ends("NobodyServes", "", WITHIN_S)
