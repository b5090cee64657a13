"""Kill -9 of the server during writes loses nothing that was acknowledged, and its audit row is there."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket as sockets
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.development.servers import Postgres, Valkey
from generated.sdk_python.stele_client.errors import ClientError
from tests.doors import Door, rest, socket
from tests.faults.history import History
from tests.faults.raw import PATIENCE_S, Peer, request
from tests.running_service import RunningService

ROUNDS = 3
WRITERS = 8
LEAST = 40
"""Acknowledged writes of a round before the kill, and up to four times as many by chance: a number, since a time would be few of
them where the machine is slow."""


@pytest.fixture
def mortal(postgres: Postgres, valkey: Valkey, tmp_path: Path) -> Iterator[RunningService]:
    """A service of its own, to be killed."""
    with RunningService(tmp_path / "mortal", postgres.url, valkey.url) as running:
        yield running


async def write(door: Door, label: str, acknowledged: set[str]) -> None:
    """Creates artists until the server is gone."""
    with contextlib.suppress(ClientError):
        async with door:
            for index in range(10_000):
                name = f"{label} {index}"
                if (await door.call("create_artist", name=name)).code == "ok":
                    acknowledged.add(name)


@pytest.mark.survives("C01")
async def test_every_acknowledged_write_survives_with_exactly_one_audit_row(
    mortal: RunningService, postgres: Postgres
) -> None:
    """The server is killed at a random moment among writes: what was acknowledged is stored, once, with its one audit row."""
    token = await mortal.token("editor")
    acknowledged: set[str] = set()
    run = uuid.uuid4().hex
    for round_number in range(ROUNDS):
        doors = [
            rest(mortal.url, token) if index % 2 else socket(mortal.url, token, binary=index % 4 == 0)
            for index in range(WRITERS)
        ]
        writers = [
            asyncio.create_task(write(door, f"{run} {round_number} {index}", acknowledged))
            for index, door in enumerate(doors)
        ]
        enough = len(acknowledged) + random.randint(LEAST, 4 * LEAST)
        async with asyncio.timeout(30):
            while len(acknowledged) < enough:
                await asyncio.sleep(0.001)
        await asyncio.sleep(random.uniform(0.0, 0.02))
        mortal.process.kill()
        await asyncio.gather(*writers)
        mortal.process.start()
    assert len(acknowledged) >= ROUNDS * LEAST
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    rows = await connection.fetch(
        "SELECT a.name, count(l.id) AS audited FROM artist a LEFT JOIN audit_log l ON l.object_id = a.id::text "
        "AND l.action = 'create_artist' AND l.outcome = 'success' WHERE a.name LIKE $1 GROUP BY a.id",
        f"{run} %",
    )
    ghosts = await connection.fetchval(
        "SELECT count(*) FROM audit_log l WHERE l.action = 'create_artist' AND l.outcome = 'success' "
        "AND NOT EXISTS (SELECT 1 FROM artist a WHERE a.id::text = l.object_id) AND l.object_id IS NULL"
    )
    await connection.close()
    stored = {row["name"]: row["audited"] for row in rows}
    assert acknowledged - set(stored) == set()
    assert {name: count for name, count in stored.items() if count != 1} == {}
    assert ghosts == 0


async def send_and_reset(service: RunningService, token: str, name: str, *, is_told: bool) -> None:
    """The peer's end is a RST, since nothing is to linger: at once, or at the first byte of the answer."""
    async with await Peer.open(service.port) as peer:
        body = json.dumps({"name": name}).encode()
        peer.send(
            request("POST /api/artists", f"Authorization: Bearer {token}", "Content-Type: application/json", body=body)
        )
        if is_told:
            assert await asyncio.wait_for(peer.reader.read(1), PATIENCE_S) == b"H"
        handle = peer.writer.get_extra_info("socket")
        handle.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
        peer.writer.transport.abort()


@pytest.mark.survives("C08")
@pytest.mark.parametrize("callers", [100, pytest.param(1000, marks=pytest.mark.long)])
async def test_a_write_whose_caller_reset_the_connection_has_its_row_if_it_was_done(
    service: RunningService, postgres: Postgres, callers: int
) -> None:
    """C08 (D1, D2): callers send a write and reset the connection at once, each tenth when its answer begins. As many rows of success are
    there as effects, of each its own."""
    history = History(postgres.url, uuid.uuid4().hex)
    await history.begin()
    token = await service.token("editor")
    for begin in range(0, callers, 50):
        await asyncio.gather(
            *(
                send_and_reset(service, token, f"{history.prefix} {one}", is_told=one % 10 == 0)
                for one in range(begin, begin + 50)
            )
        )
    async with rest(
        service.url, token
    ) as door:  # Those that were taken before it have ended, or end by their deadline.
        assert (await door.call("create_artist", name=f"{history.prefix} last")).code == "ok"
    history.acknowledged[f"{history.prefix} last"] = "editor"
    assert await history.faults() == []
    assert await history.effects() > callers // 10, "at least those that were told"
