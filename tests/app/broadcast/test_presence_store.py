"""Presence in a real Redis: one step tells, renews, takes from the dead and reads, and whatever is asked twice is done once."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import RedisError

from app.broadcast.presence_store import KEPT, PARTS, PIECE, Answer, PresenceStore, Read
from app.db.pipelined_redis import RedisConnection
from app.development.servers import Valkey
from tests.redis_connections import connected

LEASE_S = 60.0
NAME = "rooms/a%2Fb"


class Store:
    """One node's, and how far it has read."""

    def __init__(self, store: PresenceStore) -> None:
        self.store = store
        self.read = Read()

    async def tell(self, *users: str, gone: tuple[str, ...] = (), sweeps: bool = False, stays: bool = True) -> Answer:
        told = [*((user, True) for user in users), *((user, False) for user in gone)]
        return await self.store.sync(NAME, told, None, stays=stays, may_sweep=sweeps)

    async def news(self) -> list[tuple[str, bool]]:
        """All of them, piece by piece."""
        found: list[tuple[str, bool]] = []
        while True:
            answer = await self.store.sync(NAME, [], self.read, stays=True, may_sweep=False)
            found = [*([] if answer.begins_anew else found), *answer.changes]
            whole_at = answer.revision if answer.begins_anew or answer.is_whole else self.read.whole_at
            self.read = Read(answer.epoch, answer.upto, whole_at)
            if answer.is_whole:
                return found


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[RedisConnection]:
    async with connected(valkey.url) as opened:
        yield opened


@pytest.fixture
def prefix() -> str:
    return f"test:{uuid.uuid4().hex}"


def node(connection: RedisConnection, prefix: str, lease_s: float = LEASE_S) -> Store:
    return Store(PresenceStore(connection, lease_s=lease_s, prefix=prefix))


async def test_a_user_joins_with_the_first_node_and_leaves_with_the_last(
    connection: RedisConnection, prefix: str
) -> None:
    """Told again, as after an answer that was lost, nothing changes."""
    one, other = node(connection, prefix), node(connection, prefix)
    steps = [
        await one.tell("ann", "bob"),
        await one.tell("ann"),
        await other.tell("ann"),
        await one.tell(gone=("ann", "bob")),
        await one.tell(gone=("ann", "bob")),
        await other.tell(gone=("ann",)),
    ]
    assert [(step.joined, step.left) for step in steps] == [(2, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 1)]
    assert [step.revision for step in steps] == [2, 2, 2, 3, 3, 4]
    assert [step.is_lease_new for step in steps] == [True, False, True, False, False, False]


async def test_what_is_read_follows_what_was_read(connection: RedisConnection, prefix: str) -> None:
    """Of each user the last change alone."""
    one, reader = node(connection, prefix), node(connection, prefix)
    await one.tell("ann", "bob")
    assert await reader.news() == [("ann", True), ("bob", True)]
    await one.tell("cid", gone=("ann",))
    await one.tell("ann", gone=("cid",))
    assert await reader.news() == [("ann", True), ("cid", False)]
    assert await reader.news() == []


@pytest.mark.parametrize("users", [PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
async def test_many_are_read_in_pieces(connection: RedisConnection, prefix: str, users: int) -> None:
    one, reader = node(connection, prefix), node(connection, prefix)
    names = [f"u{number}" for number in range(users)]
    for at in range(0, users, PIECE):
        await one.tell(*names[at : at + PIECE])
    assert await reader.news() == [(name, True) for name in names]
    assert await reader.news() == []


async def test_who_missed_more_leavers_than_are_remembered_reads_all(connection: RedisConnection, prefix: str) -> None:
    one, reader, fresh = node(connection, prefix), node(connection, prefix), node(connection, prefix)
    await one.tell("ann")
    await one.tell("bob")
    assert len(await reader.news()) == 2
    names = [f"u{number}" for number in range(KEPT + 1)]
    for at in range(0, len(names), PIECE):
        await one.tell(*names[at : at + PIECE])
        await one.tell(gone=tuple(names[at : at + PIECE]))
    epoch = reader.read.epoch
    answer = await reader.store.sync(NAME, [], reader.read, stays=True, may_sweep=False)
    assert answer.begins_anew
    assert [change for change in await reader.news() if change[1]] == [("ann", True), ("bob", True)]
    assert [change for change in await fresh.news() if change[1]] == [("ann", True), ("bob", True)]
    assert reader.read.epoch == epoch


async def test_what_a_dead_node_held_is_taken_once(connection: RedisConnection, prefix: str) -> None:
    """In pieces, by whoever may and asks first; who is held elsewhere stays."""
    dead, one, other = node(connection, prefix, 0.05), node(connection, prefix), node(connection, prefix)
    names = [f"u{number}" for number in range(PIECE)]
    await dead.tell(*names)
    await dead.tell("last")
    await one.tell("u0")
    await asyncio.sleep(0.1)
    assert (await one.tell(sweeps=False)).lost == 0
    steps = await asyncio.gather(*(who.tell(sweeps=True) for who in (one, other) * 3))
    assert sum(step.lost for step in steps) == PIECE
    assert not steps[-1].may_sweep_more
    assert [user for user, is_here in await other.news() if is_here] == ["u0"]


async def test_a_node_that_comes_back_learns_that_it_counts_no_more(connection: RedisConnection, prefix: str) -> None:
    frozen, other = node(connection, prefix, 0.05), node(connection, prefix)
    await frozen.tell("ann")
    await asyncio.sleep(0.1)
    assert (await other.tell("bob", sweeps=True)).lost == 1
    assert (await frozen.tell()).is_lease_new
    assert (await frozen.tell("ann")).joined == 1


async def test_a_lease_from_a_clock_that_was_set_back_counts_from_now(connection: RedisConnection, prefix: str) -> None:
    """A failover to a machine with another clock keeps nobody present for ever."""
    ahead, other = node(connection, prefix), node(connection, prefix, 0.05)
    await ahead.tell("ann")
    await other.tell("bob", sweeps=True)
    await asyncio.sleep(0.1)
    assert (await other.tell(sweeps=True)).lost == 1


async def test_one_who_holds_nobody_has_no_lease_and_what_is_left_goes_by_itself(
    connection: RedisConnection, prefix: str
) -> None:
    one = node(connection, prefix)
    await one.tell("ann")
    keys = [f"{prefix}:presence:{{{NAME}}}:{part}" for part in PARTS]
    for key in keys:
        assert await connection.ask(b"PTTL", key) <= 4 * LEASE_S * 1000
    await one.tell(gone=("ann",), stays=False)
    assert await connection.ask(b"ZCARD", keys[PARTS.index("leases")]) == 0
    assert await connection.ask(b"ZCARD", keys[PARTS.index("holdings")]) == 0
    assert await connection.ask(b"HLEN", keys[PARTS.index("counts")]) == 0


async def pings(connection: RedisConnection) -> int:
    """That the server has answered."""
    told = (await connection.ask(b"INFO", b"commandstats")).decode()
    found = re.search(r"cmdstat_ping:calls=(\d+)", told)
    return int(found[1]) if found else 0


async def test_who_hears_nothing_for_long_asks_whether_anybody_is_there(
    connection: RedisConnection, prefix: str
) -> None:
    """For as long as it takes: what happens at last is heard."""
    heard = asyncio.Event()
    one = PresenceStore(connection, lease_s=LEASE_S, silence_s=0.02, prefix=prefix)
    listening = asyncio.create_task(one.listen([NAME], lambda name, epoch, revision: heard.set() if revision else None))
    asked = await pings(connection)
    async with asyncio.timeout(10):
        while await pings(connection) < asked + 3:
            await asyncio.sleep(0.02)
        await one.sync(NAME, [("ann", True)], None, stays=True, may_sweep=False)
        await heard.wait()
    listening.cancel()
    await asyncio.wait([listening])


async def test_changes_are_heard_where_they_are_listened_to(connection: RedisConnection, prefix: str) -> None:
    """Under the name, with its epoch and revision; when it begins to be heard that is told too."""
    one = PresenceStore(connection, lease_s=LEASE_S, prefix=prefix)
    heard: list[tuple[str, str, int]] = []
    listening = asyncio.create_task(one.listen([NAME], lambda *told: heard.append(told)))
    async with asyncio.timeout(10):
        while not heard:
            await asyncio.sleep(0.01)
        await one.hear("other")
        while len(heard) < 2:
            await asyncio.sleep(0.01)
        answer = await one.sync(NAME, [("ann", True)], None, stays=True, may_sweep=False)
        while len(heard) < 3:
            await asyncio.sleep(0.01)
        assert heard == [(NAME, "", 0), ("other", "", 0), (NAME, answer.epoch, 1)]
        await connection.ask(b"CLIENT", b"KILL", b"TYPE", b"pubsub")
        with pytest.raises((RedisError, OSError)):
            await listening
