"""One user at several nodes at once: what is told to him reaches each of his sockets, however many of them are left."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.faults.nodes import several_nodes
from tests.faults.topic_lines import create, line, named, rename
from tests.running_service import RunningService

NODES, SOCKETS = 3, 5


@pytest.mark.survives("M02", "D17")
def test_m02_what_is_told_to_one_user_reaches_all_sockets_that_he_still_has(
    postgres: Postgres, valkey: Valkey, servers_folder: Path
) -> None:
    """M02 (D17): a user follows a topic of his own by five sockets at three nodes, and closes one after the other. What is told there
    and what is told to all reaches each that is left, once and in order."""
    name = f"one_user_{uuid.uuid4().hex[:12]}"
    with several_nodes(servers_folder / name, new_database(postgres, name), valkey.url, NODES) as nodes:
        asyncio.run(close_one_by_one(nodes))


async def close_one_by_one(nodes: list[RunningService]) -> None:
    own, prefix = await create(nodes[0], named()), named()
    async with AsyncExitStack() as all_of_them:
        sockets = [await all_of_them.enter_async_context(AsyncExitStack()) for _ in range(SOCKETS)]
        lines = [await one.enter_async_context(line(nodes[at % NODES])) for at, one in enumerate(sockets)]
        for one in lines:
            await one.follow(f"artists/{own}", "artists")
        for closed, socket in enumerate(sockets):
            await rename(nodes[closed % NODES], own, f"{prefix} {closed}")
            await create(nodes[closed % NODES], f"{prefix} to all {closed}")
            for one in lines[closed:]:
                told = sorted([await one.hear() for _ in range(2)], key=lambda frame: str(frame["topic"]))
                assert [(frame["topic"], frame["data"]["artist"]["name"]) for frame in told] == [
                    ("artists", f"{prefix} to all {closed}"),
                    (f"artists/{own}", f"{prefix} {closed}"),
                ]
                assert await one.heard() == []
            await socket.aclose()
