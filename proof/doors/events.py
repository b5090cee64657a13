"""What is heard of the calls: each service's events on every topic that a caller may follow, in the order in which they come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from codegen.ir.topics import is_conflated
from proof.difference import difference
from proof.documents import JSON, DocumentError, Json
from proof.doors.difference import is_same_or_now
from proof.doors.door import MAX_FRAME, Service
from proof.doors.topics import of_somebody, open_to, plain

OPEN_S = 20.0
QUIET_S = 0.3
"""Nothing was heard for so long anywhere: all has come."""


class Listener:
    """One socket at one service, which follows what it is told to, and keeps what it hears until it is closed."""

    def __init__(self, service: Service, caller: str, media: str = JSON) -> None:
        self._service = service
        self._caller = caller
        self._media = media
        self._codec = service.codec(media)
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: asyncio.Queue[Json | None] = asyncio.Queue()
        self._conflated: set[str] = set()
        self.events: dict[str, list[Json]] = {}

    async def __aenter__(self) -> Listener:
        """It follows nothing yet. DocumentError where no socket opens."""
        self._socket = await _opened(self._service, self._caller, self._media)
        self._reading = asyncio.create_task(self._read())
        return self

    async def follow_all(self) -> list[str]:
        """What is open to its caller as it is called."""
        return [one for one in plain(self._service.contract) if await self.follow(one)]

    async def follow(self, name: str, topic: str = "") -> bool:
        """Whether it may be followed. `topic` is the one that a name with values is of. One after the other."""
        assert self._socket is not None
        if is_conflated(self._service.contract, topic or name):
            self._conflated.add(name)
        async with asyncio.timeout(OPEN_S):
            await self._socket.send(self._codec.write({"type": "subscribe", "topics": [name]}))
            answer = await self._answers.get()
        if answer is None:
            raise DocumentError(f"{self._service.url}: the socket of {self._caller} was closed")
        return answer.get("type") == "subscribed"

    async def _read(self) -> None:
        assert self._socket is not None
        with suppress(ConnectionClosed):
            async for raw in self._socket:
                frame = self._codec.read(raw)
                if "topic" in frame:
                    self._keep(frame)
                elif frame.get("type") == "subscribed" or "status_code" in frame:
                    self._answers.put_nowait(frame)
        self._answers.put_nowait(None)

    def _keep(self, frame: Json) -> None:
        """Of a topic whose follower may miss what a later event replaces, the last."""
        name = str(frame["topic"])
        kept = self.events.setdefault(name, [])
        if name in self._conflated:
            kept.clear()
        kept.append({"pkg_id": frame.get("pkg_id"), "data": frame.get("data")})

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading


async def _opened(service: Service, caller: str, media: str) -> ClientConnection:
    """DocumentError where the socket does not open."""
    frames, token = service.contract.frames, service.token(caller)
    subprotocol = next(name for name, one in frames.encodings if one == media)
    try:
        return await connect(
            f"ws{service.url.removeprefix('http')}{frames.address}",
            subprotocols=[Subprotocol(subprotocol)],
            additional_headers={"Authorization": f"Bearer {token}"},
            max_size=MAX_FRAME,
            open_timeout=OPEN_S,
            proxy=None,
        )
    except (InvalidHandshake, OSError, TimeoutError) as error:
        raise DocumentError(f"{service.url}: no socket opens for {caller}: {error or type(error).__name__}") from None


async def misled(service: Service, caller: str) -> str:
    """Nothing where the caller may follow just the topics that the contract says."""
    known = service.callers[caller]
    if known.fetch is None:
        return ""
    contract = service.contract
    names = dict.fromkeys(plain(contract), "") | of_somebody(contract)
    async with Listener(service, caller) as listener:
        for name, topic in names.items():
            may = open_to(contract, known, topic or name)
            if may is not None and await listener.follow(name, topic) is not may:
                return f"{caller} {'cannot follow' if may else 'follows'} {name}"
    return ""


def counted(listeners: Sequence[Listener]) -> list[int]:
    return [sum(map(len, one.events.values())) for one in listeners]


async def settled(listeners: Sequence[Listener], within_s: float) -> None:
    """Until each has heard as many as the others and nothing more comes, or the time is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + within_s
    while loop.time() < until:
        before = counted(listeners)
        await asyncio.sleep(QUIET_S)
        if before == counted(listeners) and len(set(before)) == 1:
            return


def events_differ(names: Sequence[str], heard: Sequence[dict[str, list[Json]]], own: frozenset[str]) -> list[str]:
    """One sentence for each topic on which not the same was heard of two services."""
    out = []
    for name, events in zip(names[1:], heard[1:], strict=True):
        for topic in sorted({*heard[0], *events}):
            first: Any = heard[0].get(topic, [])
            if found := difference(first, events.get(topic, []), same=is_same_or_now, own=own):
                out.append(f"{topic} of {names[0]} and {name} differs in {found}")
    return out
