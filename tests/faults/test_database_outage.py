"""PostgreSQL goes away and comes back, or ends sessions and transactions at random: 503 while it lasts, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import uuid
from contextlib import suppress

import asyncpg
import httpx2
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.history import History, connect
from tests.faults.processes import down
from tests.faults.proxy import Mode
from tests.faults.sabotage import TERMINATE
from tests.faults.stage import Stage
from tests.faults.traffic import begin, clock, now_in, reads, remember, writes
from tests.faults.vitals import unsound, watched
from tests.load.openloop import offer
from tests.load.plan import Report

RECOVERY_S = 5.0
DEADLINE_S = 5.0
NOISE_S = 1.0
RATE = 50
"""Reads a second, and as many writes."""
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]
LONG = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest_asyncio.fixture(loop_scope="session")
async def history(direct: Stage) -> History:
    begun = History(direct.database_url, uuid.uuid4().hex)
    await begun.begin()
    return begun


async def assert_kept(history: History, direct: Stage, report: Report, allowed: set[int]) -> None:
    """Every answer is sound and allowed, and every promise is in the database."""
    remember(history, direct, report.streams["writes"])
    found = unsound(report.streams.values()) + await history.faults()
    assert "\n".join(found) == ""
    assert {status for result in report.streams.values() for status in result.statuses} <= allowed
    assert all(result.slowest_s <= DEADLINE_S + NOISE_S for result in report.streams.values())


def assert_recovered(report: Report, moment_s: float) -> None:
    for result in report.streams.values():
        assert result.first_ok_after(moment_s) <= RECOVERY_S
        start_s, end_s = moment_s + RECOVERY_S, min(moment_s + RECOVERY_S + 2.0, report.seconds)
        assert result.ok_between(start_s, end_s) >= 0.9 * RATE * (end_s - start_s) - 1


@pytest.mark.parametrize("outage_s", [0.0, pytest.param(30.0, marks=LONG)])
@pytest.mark.survives("C04")
async def test_an_outage_is_503_and_over_soon_after_the_database_is_back(
    direct: Stage, history: History, outage_s: float
) -> None:
    """C04 (D18, D21): PostgreSQL is shut down at once and started again under 100 requests a second. Callers are told 503 and
    when to come again, the first success is there within 5 s, and what was acknowledged is stored once with its audit row. That the breaker
    is open, and closed again, is seen at the admin port, in the metrics and in the log."""
    seconds = 1.0 + outage_s + 8.0 + RECOVERY_S
    async with watched(direct):
        load = await begin(direct, seconds, reads(direct, RATE), writes(direct, RATE, prefix=history.prefix))
        async with down(direct.postgres, signal.SIGQUIT):
            await until_breaker(direct, {"open", "half-open"}, {1.0, 2.0})
            await asyncio.sleep(outage_s)
        healed = clock()
        await until_breaker(direct, {"closed"}, {0.0})
        report = await load
    await assert_kept(history, direct, report, {200, 201, 503})
    assert_recovered(report, now_in(report, healed))
    moves = {(line["old"], line["new"]) for line in breaker_lines(direct)}
    assert moves >= {("closed", "open"), ("open", "half-open"), ("half-open", "closed")}


async def until_breaker(direct: Stage, states: set[str], values: set[float]) -> None:
    """The breaker of PostgreSQL, as `/readyz` of the admin port and the metrics tell it."""
    admin = f"http://127.0.0.1:{direct.service.environment['ADMIN_PORT']}"
    seen: object = None
    async with httpx2.AsyncClient(trust_env=False) as client:
        for _ in range(round(RECOVERY_S / 0.02)):
            (worker,) = (await client.get(f"{admin}/readyz")).json()["workers"]
            families = text_string_to_metric_families((await client.get(f"{admin}/metrics")).text)
            samples = [one for family in families if family.name == "stele_breaker_state" for one in family.samples]
            value = next(one.value for one in samples if one.labels == {"name": "postgresql"})
            seen = worker["breakers"]["postgresql"], value
            if seen[0] in states and value in values:
                return
            await asyncio.sleep(0.02)
    raise AssertionError(f"the breaker is {seen}")


def breaker_lines(direct: Stage) -> list[dict[str, str]]:
    """All that were logged of it; each says why."""
    lines = [json.loads(line) for line in direct.service.log().splitlines() if "breaker.transition" in line]
    found = [line for line in lines if line["breaker"] == "postgresql"]
    assert all(line["reason"] for line in found)
    return found


@pytest.mark.survives("C04")
async def test_a_database_that_refuses_connections_is_503(proxied: Stage) -> None:
    """C04 (D21): PostgreSQL's port is closed for 4 s and every connection is reset. Callers are told 503 at once, and 5 s after
    it is open again all succeed."""
    history = History(proxied.database_url, uuid.uuid4().hex)
    await history.begin()
    async with watched(proxied):
        load = await begin(proxied, 13.0, reads(proxied, RATE), writes(proxied, RATE, prefix=history.prefix))
        await proxied.database.switch(Mode.REFUSED)
        await asyncio.sleep(4.0)
        await proxied.database.switch(Mode.FORWARD)
        healed = clock()
        report = await load
    await assert_kept(history, proxied, report, {200, 201, 503})
    assert_recovered(report, now_in(report, healed))


async def end_sessions(direct: Stage, seed: int, seconds: float, every_s: float = 0.1) -> None:
    """A part of the service's sessions in PostgreSQL, between none and all, again and again."""
    dice, connection = random.Random(seed), await connect(direct.database_url)
    end = clock() + seconds
    while clock() < end:
        await connection.execute(
            f"{TERMINATE} AND random() < $1",
            dice.random(),
        )
        await asyncio.sleep(every_s)
    await connection.close()


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3, 4, 5))])
@pytest.mark.survives("C02", "C04")
async def test_sessions_that_are_ended_at_random_lose_no_write(direct: Stage, history: History, seed: int) -> None:
    """C02, C04 (D1, D2): an administrator ends sessions of the service ten times a second for 6 s while it writes. Callers are told
    201 or 503, and what was acknowledged is stored once with its audit row."""
    async with watched(direct):
        load = await begin(direct, 12.0, reads(direct, 50), writes(direct, 100, prefix=history.prefix))
        await end_sessions(direct, seed, 6.0)
        healed = clock()
        report = await load
    await assert_kept(history, direct, report, {200, 201, 503})
    end_s = now_in(report, healed)
    assert report.streams["writes"].ok_between(end_s + 2.0, end_s + 4.0) >= 190


@pytest.mark.survives("C02")
async def test_a_storm_of_serialization_failures_and_deadlocks_loses_no_write(direct: Stage, history: History) -> None:
    """C02 (D1): of the writes every third statement and every third COMMIT fails as a serialization failure, a deadlock or a lock
    that is not available. Callers are told 201 or 503, and nothing that failed is stored or audited as a success."""
    history.prefix = "storm " + history.prefix
    async with watched(direct):
        report = await offer(direct.port, 4.0, writes(direct, 100, prefix=history.prefix))
    await assert_kept(history, direct, report, {201, 503})
    assert report.streams["writes"].ok.count >= 100


@pytest.mark.survives("C02")
async def test_deadlocks_with_another_program_lose_no_write(direct: Stage, history: History) -> None:
    """C02 (D1): another program locks the two tables of a write in the opposite order. PostgreSQL ends one of the two, and callers are
    told 201 or 503."""

    async def interfere() -> int:
        connection, count = await connect(direct.database_url), 0
        end = clock() + 4.0
        while clock() < end:
            with suppress(asyncpg.DeadlockDetectedError):
                async with connection.transaction():
                    await connection.execute("LOCK audit_log IN EXCLUSIVE MODE")
                    await asyncio.sleep(0.05)
                    await connection.execute("LOCK artist IN EXCLUSIVE MODE")
                    count += 1
            await asyncio.sleep(0.1)
        await connection.close()
        return count

    async with watched(direct):
        load = await begin(direct, 8.0, reads(direct, 20), writes(direct, 30, prefix=history.prefix))
        await interfere()
        report = await load
    await assert_kept(history, direct, report, {200, 201, 503})
