"""A release that adds to the contract is rolled out beside the one before, while clients of both call: nobody loses a call or an event."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.expansion_project import expand
from tests.faults.processes import end_of
from tests.faults.resuming import Follower
from tests.projects import project_with, run
from tests.running_service import RunningService, started
from tests.workbench import ROOT

DRAIN_S = 2
END_S = 25.0 + DRAIN_S
ANSWER_S = 60.0
CALLS = 1000
"""Of each caller in each part of the rollout."""
AWAY = 200
"""Events that somebody missed."""
REFUSED = {
    "ws json": ["refused 404 unknown_operation", "refused 422 invalid_data"],
    "ws protobuf": ["refused 404 unknown_operation", "country None"],
    "http json": ["refused 404 unknown_operation", "refused 422 invalid_data"],
    "http protobuf": ["refused 404 unknown_operation", "country None"],
}
"""What an old node says to a new operation, and to a command with a new field: protobuf has no way to refuse what it does not know."""
TAKEN = {door: ["answered", "country Chile"] for door in REFUSED}


class Caller:
    """A process of `tests.faults.release_caller`; `ask` calls one of its methods."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, method: str, *arguments: str | list[str]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, *arguments]).encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        assert self._process.stdout is not None
        async with asyncio.timeout(ANSWER_S):
            line = await self._process.stdout.readline()
        assert line, "the caller has ended"
        return json.loads(line)

    async def calls_on(self, count: int) -> None:
        """Until so many more calls were answered."""
        until = await self.ask("count") + count
        async with asyncio.timeout(ANSWER_S):
            while await self.ask("count") < until:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def calling(tree: Path, *arguments: str) -> AsyncIterator[Caller]:
    """With the client of the release in `tree`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.release_caller", *arguments,
        cwd=tree, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
    )  # fmt: skip
    caller = Caller(process)
    try:
        assert await caller.answer() == "begun"
        yield caller
    finally:
        process.kill()
        await process.wait()


@pytest.fixture(scope="module")
def new_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that adds to this one."""
    return project_with(expand, tmp_path_factory.mktemp("new"))


@pytest.fixture
def old_node(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    name = f"releases_{uuid.uuid4().hex[:12]}"
    database = new_database(postgres, name)
    with RunningService(servers_folder / name, database, valkey.url, access_s=3600, DRAIN_S=str(DRAIN_S)) as node:
        yield node


def beside(node: RunningService, tree: Path) -> RunningService:
    """A node of the release in `tree`, on what the other one is on."""
    given = node.environment
    return RunningService(
        node.process.folder.parent / "next", given["DATABASE_URL"], given["REDIS_URL"], issuer=node.issuer, tree=tree
    )


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.survives("M08", "D17", "D26", "D4")
async def test_two_releases_side_by_side(old_node: RunningService, new_release: Path) -> None:
    """M08 (D4, D17, D26): a release adds fields of a resource with their columns, a field of an event and an operation, which the gate calls
    legal. It migrates while the old node serves, starts beside it, and the old node ends. Meanwhile the clients of both releases call both
    nodes over each door in each encoding. No call fails; a command that is repeated with its key at the other release has one
    effect; each event is heard once by the clients of both at either node, and its history is whole at both."""
    judged = await asyncio.to_thread(run, new_release, "codegen", "diff", "--against", str(ROOT / "specs"))
    assert "0 ERR, 0 WARN" in judged
    token, new_node = await old_node.token("editor"), beside(old_node, new_release)
    both = (old_node.url, new_node.url)
    async with AsyncExitStack() as stack:
        old = await stack.enter_async_context(calling(ROOT, "old", token, *both))
        await old.calls_on(CALLS)
        await stack.enter_async_context(started(new_node))
        await old.calls_on(CALLS)
        new = await stack.enter_async_context(calling(new_release, "new", token, *reversed(both)))
        await asyncio.gather(old.calls_on(CALLS), new.calls_on(CALLS))
        for caller in (old, new):
            assert await caller.ask("repeat", *both) == []
            assert await caller.ask("repeat", *reversed(both)) == []
        assert await new.ask("use_what_is_new", old_node.url) == REFUSED
        assert await new.ask("use_what_is_new", new_node.url) == TAKEN
        await the_history_is_whole_at(old_node, new_node)
        os.kill(old_node.process.pid, signal.SIGTERM)
        _, code = await end_of(old_node.process.pid, END_S)
        assert code == 0
        await asyncio.gather(old.calls_on(CALLS), new.calls_on(CALLS))
        await nobody_lost_anything(old, new)
        await the_history_is_whole_at(new_node)


async def nobody_lost_anything(old: Caller, new: Caller) -> None:
    """No call of either; nor an event: who followed from the start heard all, who came later what came later."""
    told = [await one.ask("stop") for one in (old, new)]
    assert [one["failed"] for one in told] == [[], []]
    later = told[1]["created"]
    every = [*told[0]["created"], *later]
    for caller, names in ((old, every), (new, later)):
        followers = await caller.ask("hear", names)
        assert len(followers) == 4
        for events in followers:
            assert caller is new or sorted(name for name, *_ in events) == sorted(every)
            first, (_, epoch, last, _) = events[0][2], events[-1]
            assert [place for _, *place in events] == [[epoch, offset, False] for offset in range(first, last + 1)]


async def the_history_is_whole_at(*nodes: RunningService) -> None:
    """From a position far back up to now, for somebody who was away."""
    for node in nodes:
        async with Follower([node]) as follower:
            assert follower.position is not None
            end = follower.position
        back = {**end, "offset": end["offset"] - AWAY}
        async with Follower([node], position=back) as follower:
            await follower.hears(AWAY)
            assert follower.recovered[0] is True
            assert follower.gaps == 0
            assert follower.faults == []
