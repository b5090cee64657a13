"""A socket client of nobody's making that follows one topic, comes back after whatever ends it, and keeps account.

It knows the wire alone (docs/wire.md), in either encoding's JSON twin, so that the SDKs prove nothing here by themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.running_service import RunningService

STREAM = "stele:{artists}:stream"
"""The key in Redis of what is followed."""
PAUSE_S = 0.05
ANSWER_S = 15.0


@dataclass
class Follower:
    """Connects to one of the nodes, and to the next of them when that ends. `names` are what it heard, in order."""

    nodes: Sequence[RunningService]
    topic: str = "artists"
    """Or that with a filter, under which offsets rise and are not dense."""
    at: int = 0
    """Of `nodes`, the one to be asked first."""
    is_away: bool = False
    """Does not come back for now."""
    is_here: bool = False
    """Subscribed at this moment."""
    is_slow: bool = False
    """Reads an event in 20 ms."""
    names: list[str] = field(default_factory=list)
    gaps: int = 0
    """So often it was told that something will never come."""
    told_at: set[int] = field(default_factory=set)
    """How many `names` it had heard when it was told so."""
    codes: list[int | None] = field(default_factory=list)
    """With which each of its sockets ended."""
    recovered: list[bool] = field(default_factory=list)
    """What each resumption said."""
    position: dict[str, Any] | None = None
    faults: list[str] = field(default_factory=list)
    """What the wire does not allow."""
    socket: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        await self.until(lambda: self.position is not None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def cut(self) -> None:
        """Without a word."""
        if self.socket is not None:
            self.socket.transport.abort()

    async def until(self, is_so: Callable[[], bool], within_s: float = 40.0) -> None:
        end_at = time.monotonic() + within_s
        while not is_so():
            assert time.monotonic() < end_at, f"{self.names[-5:]} of {len(self.names)}, {self.position}, {self.codes}"
            assert not self._task.done(), self._task.exception()
            await asyncio.sleep(0.02)

    async def hears(self, count: int, within_s: float = 40.0) -> None:
        """Waits until so many were heard, and a little longer for those too many."""
        await self.until(lambda: len(self.names) >= count, within_s)
        await asyncio.sleep(0.2)

    async def hears_at_last(self, names: list[str]) -> None:
        await self.until(lambda: self.names[-len(names) :] == names)

    async def _follow(self) -> None:
        while True:
            if not self.is_away:
                node = self.nodes[self.at % len(self.nodes)]
                self.at += 1
                with contextlib.suppress(OSError, WebSocketException, TimeoutError, EOFError):
                    await self._live(node)
            await asyncio.sleep(PAUSE_S)

    async def _live(self, node: RunningService) -> None:
        token = await node.token("reader")
        async with connect(
            f"{node.url.replace('http', 'ws')}/web",
            additional_headers={"authorization": f"Bearer {token}"},
            proxy=None,
            open_timeout=ANSWER_S,
            close_timeout=0.5,
            ping_interval=None,
        ) as self.socket:
            frame: dict[str, Any] = {"type": "subscribe", "topics": [self.topic]}
            if self.position is not None:
                frame["positions"] = [self.position]
            await self.socket.send(json.dumps(frame))
            self._begin(json.loads(await asyncio.wait_for(self.socket.recv(), ANSWER_S)))
            try:
                async for text in self.socket:
                    self._hear(json.loads(text))
                    await asyncio.sleep(0.02 if self.is_slow else 0)
            finally:
                self.is_here = False
                self.codes.append(self.socket.close_code)

    def _begin(self, said: dict[str, Any]) -> None:
        if said.get("type") != "subscribed":
            raise EOFError(said)
        told = said["positions"][0]
        place = {name: told[name] for name in ("topic", "epoch", "offset")}
        if self.position is not None:
            self.recovered.append(told["recovered"])
            if told["recovered"] and place != self.position:
                self.faults.append(f"{place} is not where {self.position} goes on")
            if not told["recovered"]:
                self._miss()
        if place["epoch"]:
            self.position = place
        self.is_here = True

    def _miss(self) -> None:
        self.gaps += 1
        self.told_at.add(len(self.names))

    def _hear(self, said: dict[str, Any]) -> None:
        place = {name: said.get(name) for name in ("topic", "epoch", "offset")}
        if said.get("type") == "topic.missed":
            self._miss()
        elif said.get("topic") != self.topic or self.position is None:
            return
        elif not self._is_next(said, self.position):
            self.faults.append(f"{place} does not follow {self.position}")
        else:
            self.names.append(said["data"]["artist"]["name"])
        self.position = place

    def _is_next(self, said: dict[str, Any], before: dict[str, Any]) -> bool:
        if said["epoch"] != before["epoch"]:
            return False
        step = int(said["offset"]) - int(before["offset"])
        return step > 0 if "?" in self.topic else step == 1
