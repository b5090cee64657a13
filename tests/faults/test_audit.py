"""The audit log's chain while nodes and PostgreSQL are killed: what was acknowledged is sealed and verifies, whoever sealed it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.audit.verification import Fault, Verification
from app.development.servers import Postgres, embedded_postgres
from generated.sdk_python.stele_client.errors import ClientError
from tests.doors import rest, socket
from tests.faults.nodes import Nodes, two_nodes
from tests.running_service import RunningService

ROUNDS = 3
WRITERS = 4
TAKEN_OVER_S = 5.0
SEAL_S = 10.0
"""The service's own time between two seals."""


@pytest.fixture(scope="module")
def own_postgres(servers_folder: Path) -> Iterator[Postgres]:
    with embedded_postgres(servers_folder / "audit-postgres") as server:
        yield server


@pytest.fixture(scope="module")
def nodes(servers_folder: Path, own_postgres: Postgres) -> Iterator[Nodes]:
    with two_nodes(servers_folder / "audit-nodes", own_postgres, "audit nodes") as pair:
        yield pair


async def verify(nodes: Nodes) -> tuple[Verification, list[Fault]]:
    verification = Verification()
    connection = await nodes.connect()
    try:
        return verification, [fault async for fault in verification.faults(connection)]
    finally:
        connection.terminate()


async def write(node: RunningService, token: str, label: str, acknowledged: set[str]) -> None:
    """Until the node is gone."""
    for index in range(100_000):
        door = rest(node.url, token) if index % 2 else socket(node.url, token, binary=bool(index % 4))
        with contextlib.suppress(ClientError):
            async with door:
                for number in range(20):
                    name = f"{label} {index} {number}"
                    if (await door.call("create_artist", name=name)).code == "ok":
                        acknowledged.add(name)
                continue
        return


async def sealed_rows(nodes: Nodes) -> int:
    connection = await nodes.connect()
    try:
        return int(await connection.fetchval("SELECT coalesce(sum(rows), 0) FROM audit_chain"))
    finally:
        connection.terminate()


async def all_sealed(nodes: Nodes, within_s: float) -> Verification:
    until = time.monotonic() + within_s
    while True:
        found, faults = await verify(nodes)
        assert faults == []
        if not found.unsealed:
            return found
        assert time.monotonic() < until, f"{found.unsealed} rows are not sealed"
        await asyncio.sleep(0.2)


@pytest.mark.survives("C01", "C07")
async def test_after_kills_in_the_middle_of_writes_and_seals_the_log_verifies(nodes: Nodes) -> None:
    """C01, C07: nodes are killed with -9 at random moments among writes and seals, and PostgreSQL with them at the end: every acknowledged
    write has its one audit row, the log verifies at every moment, and all rows are sealed by whoever is left."""
    acknowledged: set[str] = set()
    run = uuid.uuid4().hex
    for round_number in range(ROUNDS):
        victim = random.choice([nodes.first, nodes.second])
        token = await victim.token("editor")
        writers = [
            asyncio.create_task(write(victim, token, f"{run} {round_number} {index}", acknowledged))
            for index in range(WRITERS)
        ]
        enough = len(acknowledged) + random.randint(50, 200)
        async with asyncio.timeout(60):
            while len(acknowledged) < enough:
                await asyncio.sleep(0.001)
        victim.process.kill()
        await asyncio.gather(*writers)
        _, faults = await verify(nodes)
        assert faults == []
        victim.process.start()
    verification = await all_sealed(nodes, 3 * SEAL_S)
    connection = await nodes.connect()
    audited = dict(
        await connection.fetch(
            "SELECT a.name, count(l.id) FROM artist a LEFT JOIN audit_log l ON l.object_id = a.id::text"
            " AND l.action = 'create_artist' AND l.outcome = 'success' WHERE a.name LIKE $1 GROUP BY a.name",
            f"{run} %",
        )
    )
    connection.terminate()
    assert acknowledged - audited.keys() == set()
    assert {name: count for name, count in audited.items() if count != 1} == {}
    assert verification.rows >= len(acknowledged)


@pytest.mark.survives("D03")
async def test_a_node_that_is_killed_while_it_seals_is_replaced(nodes: Nodes) -> None:
    """D03: the node that seals is killed: the other one has sealed what waits within 5 s of its being due."""
    await all_sealed(nodes, 3 * SEAL_S)
    before = await sealed_rows(nodes)
    nodes.first.process.kill()
    try:
        async with rest(nodes.second.url, await nodes.second.token("editor")) as door:
            assert (await door.call("create_artist", name=uuid.uuid4().hex)).code == "ok"
        begun = time.monotonic()
        while await sealed_rows(nodes) == before:
            assert time.monotonic() - begun < SEAL_S + TAKEN_OVER_S
            await asyncio.sleep(0.1)
    finally:
        nodes.first.process.start()


@pytest.mark.survives("C07")
async def test_postgresql_killed_in_the_middle_leaves_a_chain_that_verifies(
    nodes: Nodes, own_postgres: Postgres
) -> None:
    """C07: PostgreSQL is killed with -9 while rows are written and sealed: after its recovery the log verifies, and seals go on."""
    token = await nodes.second.token("editor")
    acknowledged: set[str] = set()
    writers = [
        asyncio.create_task(write(nodes.second, token, f"{uuid.uuid4().hex}", acknowledged)) for _ in range(WRITERS)
    ]
    async with asyncio.timeout(60):
        while len(acknowledged) < 50:
            await asyncio.sleep(0.01)
    own_postgres.kill()
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    own_postgres.start()  # In this thread, which the server is not to outlive.
    await all_sealed(nodes, 6 * SEAL_S)


async def test_both_nodes_have_tasks_that_keep_the_log(nodes: Nodes) -> None:
    for node in (nodes.first, nodes.second):
        assert not re.search(r"task\.restarts.*audit-(sealer|upkeep)", node.log())
    connection = await nodes.connect()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await connection.execute("UPDATE audit_chain SET rows = 0")
    connection.terminate()
