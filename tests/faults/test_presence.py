"""Who follows a topic is told over real nodes, also where one of them is killed, a session ends, or Redis loses its data and stands still."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from app.development.servers import Valkey
from generated.sdk_python.stele_client import AsyncClient
from generated.sdk_python.stele_client.topics import artist_names_by_artist_name
from tests.doors import rest
from tests.faults.processes import paused
from tests.issuers.stage import claims_of
from tests.redis_connections import connected
from tests.running_service import RunningService

pytestmark = pytest.mark.xdist_group("pair")

Pair = tuple[RunningService, RunningService]
TOPIC = "artist-names/someone"
LEFT_S = 30.0
"""Issue 15: after its node has died."""
WAIT_S = 15.0


class Follower:
    """A socket that keeps who is there as docs/wire.md says, and refuses what does not follow from it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.present: set[str] | None = None
        self.told: list[tuple[str, list[str]]] = []

    async def next(self) -> None:
        """Events, and what is told of them, is passed over."""
        frame = json.loads(await self._socket.recv())
        kind, users = frame.get("type"), set(frame.get("users", ()))
        if kind not in ("topic.present", "topic.joined", "topic.left"):
            return
        self.told.append((kind, frame["users"]))
        if kind == "topic.present":
            self.present = users
        else:
            assert self.present is not None
            assert self.present & users == (users if kind == "topic.left" else set())
            self.present ^= users
        assert frame["count"] == len(self.present)

    async def sees(self, *users: str, within_s: float = WAIT_S) -> None:
        async with asyncio.timeout(within_s):
            while self.present != set(users):
                await self.next()

    def changes(self) -> list[tuple[str, list[str]]]:
        """Since this was asked last."""
        told, self.told = self.told, []
        return told


@asynccontextmanager
async def following(
    node: RunningService, user: str, *, presence: bool = False, token: str = ""
) -> AsyncIterator[Follower]:
    headers = {"authorization": f"Bearer {token or await node.token(user)}"}
    async with connect(f"{node.url.replace('http', 'ws', 1)}/web", additional_headers=headers, proxy=None) as socket:
        frame: dict[str, Any] = {"type": "subscribe", "topics": [TOPIC]}
        await socket.send(json.dumps(frame | ({"presence": [TOPIC]} if presence else {})))
        assert json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))["type"] == "subscribed"
        yield Follower(socket)


async def subject(node: RunningService, user: str) -> str:
    return str(claims_of(await node.token(user))["sub"])


@pytest.mark.survives("D17")
async def test_whoever_was_only_at_a_killed_node_has_left_within_half_a_minute(pair: Pair) -> None:
    """Issue 15: a user at one node, one at both; the one is killed by SIGKILL. Who watches at the other is told of the first user within 30 s,
    once, and never of the second."""
    here, there = pair
    admin, reader, editor = [await subject(here, user) for user in ("admin", "reader", "editor")]
    async with following(here, "admin", presence=True) as watcher, following(here, "reader"):
        await watcher.sees(admin, reader)
        async with following(there, "reader"), following(there, "editor"), following(there, "editor"):
            await watcher.sees(admin, reader, editor)
            assert watcher.changes()[-1] == ("topic.joined", [editor])
            await asyncio.to_thread(there.process.kill)
            try:
                await watcher.sees(admin, reader, within_s=LEFT_S)
            finally:
                await asyncio.to_thread(there.process.start)
        assert watcher.changes() == [("topic.left", [editor])]


@pytest.mark.survives("F01", "F02")
async def test_nobody_leaves_because_redis_forgot_or_stood_still(pair: Pair, pair_valkey: Valkey) -> None:
    """FLUSHALL, and SIGSTOP for some seconds, while users of both nodes follow: who watches hears only of who came and went."""
    here, there = pair
    admin, reader, editor = [await subject(here, user) for user in ("admin", "reader", "editor")]
    async with following(here, "admin", presence=True) as watcher, following(there, "reader"):
        await watcher.sees(admin, reader)
        watcher.changes()
        async with connected(pair_valkey.url) as connection:
            await connection.ask(b"FLUSHALL")
        async with following(there, "editor"):
            await watcher.sees(admin, reader, editor)
            with paused(pair_valkey):
                await asyncio.sleep(2)
        await watcher.sees(admin, reader, within_s=LEFT_S)
        assert watcher.changes() == [("topic.joined", [editor]), ("topic.left", [editor])]


@pytest.mark.survives("D17")
async def test_a_client_goes_to_another_node_and_is_told_only_of_what_changed(pair: Pair) -> None:
    """Issue 15: the node of a client that watches is killed by SIGKILL. Its stream goes on at the other one: nobody who is still there joins or
    leaves, and who comes meanwhile is told."""
    here, there = pair
    admin, reader, editor = [await subject(here, user) for user in ("admin", "reader", "editor")]
    client = AsyncClient([there.url, here.url], username="admin", password="admin", transport="ws")
    async with following(here, "reader"), client, client.presence(artist_names_by_artist_name("someone")) as stream:
        async with asyncio.timeout(WAIT_S):
            while set((state := await anext(stream)).users) != {admin, reader}:
                pass
        await asyncio.to_thread(there.process.kill)
        try:
            async with following(here, "editor"), asyncio.timeout(WAIT_S):
                state = await anext(stream)
                assert (state.joined, state.left, set(state.users)) == ((editor,), (), {admin, reader, editor})
        finally:
            await asyncio.to_thread(there.process.start)


async def test_who_is_logged_out_everywhere_has_left(pair: Pair) -> None:
    """D7: an ended session follows nothing, and so is nowhere; at whichever node its socket was."""
    here, there = pair
    admin, editor = [await subject(here, user) for user in ("admin", "editor")]
    async with following(here, "admin", presence=True) as watcher, following(there, "editor"):
        await watcher.sees(admin, editor)
        async with rest(here.url, await here.token("admin")) as door:
            assert (await door.call("end_sessions", subject=editor)).code == "ok"
        await watcher.sees(admin)
    for node in pair:
        node.forget("editor")
    await asyncio.sleep(1)  # Tokens have whole seconds: one of this second is of before.
