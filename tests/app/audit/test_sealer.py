"""Every committed row is sealed once, whoever commits when and however many nodes seal; a dead or frozen one is replaced."""

from __future__ import annotations

import asyncio
import time

import pytest

from app.audit.log import AuditLog
from app.audit.sealer import BATCH, AuditSealer
from app.db.database import Database
from app.db.transaction import Transaction
from app.supervision.supervisor import Supervisor
from tests.app.audit.stored import Stored, record

RANGES = "SELECT position, after_id, last_id, rows FROM audit_chain ORDER BY position"


async def in_chain(stored: Stored) -> int:
    (row,) = await stored.fetch("SELECT coalesce(sum(rows), 0)::int AS n FROM audit_chain")
    return int(row["n"])


async def test_what_is_committed_is_sealed_and_what_comes_later_follows(stored: Stored) -> None:
    await stored.add(3)
    first = await stored.seal()
    await stored.add(2)
    second = await stored.seal()
    assert (first.head.position, second.head.last_id, second.waiting) == (1, 5, 0)
    ranges = [tuple(row) for row in await stored.fetch(RANGES)]
    assert ranges == [(1, 0, 3, 3), (2, 3, 5, 2)]
    assert await stored.kinds() == []


@pytest.mark.survives("D03")
async def test_a_row_with_a_lower_id_that_commits_later_is_not_passed_over(stored: Stored) -> None:
    """D03: an audit row takes its id, others with higher ids commit, and the seal waits until the first has ended: no committed row is
    passed over."""
    log = AuditLog(stored.database, on_drop=lambda _: None)
    late = Transaction(stored.database)
    await log.write(late, record(action="late"))
    await stored.add(2)
    looking = asyncio.create_task(AuditSealer(stored.database, seal_s=0).look())
    await asyncio.sleep(0.5)
    assert await in_chain(stored) == 0
    await late.commit()
    assert await looking == 3
    ((_, after, last, rows),) = [tuple(row) for row in await stored.fetch(RANGES)]
    assert (after, last, rows) == (0, 3, 3)
    assert await stored.kinds() == []


async def test_an_id_that_was_rolled_back_is_a_gap_and_no_fault(stored: Stored) -> None:
    log = AuditLog(stored.database, on_drop=lambda _: None)
    undone = Transaction(stored.database)
    await log.write(undone, record())
    await undone.rollback()
    await stored.add(1)
    await stored.seal()
    assert (await in_chain(stored), await stored.kinds()) == (1, [])


async def test_a_transaction_that_stays_open_holds_the_seals_up_and_is_told(stored: Stored) -> None:
    log = AuditLog(stored.database, on_drop=lambda _: None)
    await stored.add(1)
    stuck = Transaction(stored.database)
    await log.write(stuck, record())
    sealer = AuditSealer(stored.database, seal_s=0)
    assert await sealer.look() == 0
    assert sealer.stalled_s >= 5
    await stuck.rollback()
    assert await sealer.look() == 1
    assert sealer.stalled_s == 0


@pytest.mark.survives("D03")
async def test_sealers_at_once_seal_every_row_once(stored: Stored) -> None:
    """D03: four nodes seal at once while rows are written: the chain does not fork, and has each row once."""
    sealers = [AuditSealer(stored.database, seal_s=0) for _ in range(4)]

    async def go_on(sealer: AuditSealer) -> None:
        while True:
            await sealer.look()

    tasks = [asyncio.create_task(go_on(one)) for one in sealers]
    await asyncio.gather(*(stored.add(150) for _ in range(4)))
    async with asyncio.timeout(20):
        while await in_chain(stored) < 600:
            assert not any(task.done() for task in tasks)
            await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    verification, faults = await stored.verify()
    assert (faults, verification.rows, verification.unsealed) == ([], 600, 0)
    assert sum({one.head.position for one in sealers}) > 1


async def test_many_rows_are_sealed_in_bounded_pieces(stored: Stored) -> None:
    await stored.fetch(
        "INSERT INTO audit_log (at, roles, action, outcome, door, trace_id, duration_ms)"
        f" SELECT now(), '{{}}', 'a', 'success', 'http', 't', 1 FROM generate_series(1, {2 * BATCH + 1})"
    )
    await stored.seal()
    assert [row["rows"] for row in await stored.fetch(RANGES)] == [BATCH, BATCH, 1]


async def test_few_rows_wait_until_a_seal_is_due(stored: Stored) -> None:
    await stored.add(1)
    sealer = AuditSealer(stored.database, seal_s=1)
    assert await sealer.look() == 1
    await stored.add(1)
    assert (await sealer.look(), sealer.waiting) == (0, 1)
    await asyncio.sleep(1.1)
    assert await sealer.look() == 1


@pytest.mark.survives("D03")
async def test_a_node_that_freezes_while_it_seals_is_replaced_within_5_s(stored: Stored) -> None:
    """D03: a node falls silent in the middle of a seal, with the lock in its hand: PostgreSQL ends its session, another node seals within
    5 s, and the half seal has left nothing."""
    await stored.add(3)
    frozen = AuditSealer(stored.database, seal_s=0)
    transaction = Transaction(stored.database)
    assert await frozen._seal_in(transaction, 3) == 3
    begun = time.monotonic()
    supervisor = Supervisor()
    other = Database(stored.url, 2)
    supervisor.start("audit-sealer", AuditSealer(other, seal_s=0).rounds.work)
    try:
        async with asyncio.timeout(5):
            while await in_chain(stored) < 3:
                await asyncio.sleep(0.05)
    finally:
        await supervisor.stop()
        await other.close()
        transaction.abandon()
    assert time.monotonic() - begun > 1.5
    assert await stored.kinds() == []
