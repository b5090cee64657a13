"""What is heard of the calls: each service's events on every topic that a caller may follow, in the order in which they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from codegen.ir.operations import Contract
from codegen.ir.topics import is_guarded, parameters
from proof.callers import Caller
from proof.difference import difference
from proof.documents import JSON, DocumentError, Json
from proof.doors.difference import is_same_or_now
from proof.doors.door import MAX_FRAME, Service
from proof.ws.codec import JsonFrames

OPEN_S = 20.0
QUIET_S = 0.3
"""Nothing was heard for so long anywhere: all has come."""


class Listener:
    """One socket at one service, which follows whatever its caller may follow, and keeps what it hears until it is closed."""

    def __init__(self, service: Service, caller: str) -> None:
        self._service = service
        self._caller = caller
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self.events: dict[str, list[Json]] = {}

    async def __aenter__(self) -> Listener:
        """DocumentError where no topic may be followed."""
        self._socket = await _opened(self._service, self._caller)
        topics = _followable(self._service.contract)
        try:
            async with asyncio.timeout(OPEN_S):
                followed = [one for one in topics if await _follows(self._socket, one, self._keep)]
            if not followed:
                raise DocumentError(f"{self._service.url}: {self._caller} may follow no topic")
        except BaseException:
            await self._socket.close()
            raise
        self._reading = asyncio.create_task(self._read())
        return self

    async def _read(self) -> None:
        assert self._socket is not None
        codec = JsonFrames()
        with suppress(ConnectionClosed):
            async for raw in self._socket:
                frame = codec.read(raw)
                if "topic" in frame:
                    self._keep(frame)

    def _keep(self, frame: Json) -> None:
        told = {"pkg_id": frame.get("pkg_id"), "data": frame.get("data")}
        self.events.setdefault(str(frame["topic"]), []).append(told)

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading


async def _opened(service: Service, caller: str) -> ClientConnection:
    """DocumentError where the socket does not open."""
    frames, token = service.contract.frames, service.token(caller)
    subprotocol = next(name for name, media in frames.encodings if media == JSON)
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


async def _follows(socket: ClientConnection, topic: str, keep: Callable[[Json], None]) -> bool:
    """Whether the topic may be followed. An event that comes before the answer is kept."""
    codec = JsonFrames()
    await socket.send(codec.write({"type": "subscribe", "topics": [topic]}))
    while True:
        frame = codec.read(await socket.recv())
        if "topic" in frame:
            keep(frame)
        elif frame.get("type") == "subscribed":
            return True
        elif "status_code" in frame:
            return False


def _followable(contract: Contract) -> dict[str, None]:
    """In their order: topics that need no value for a parameter, and of which no handler is asked."""
    guarded = {one.name for one in contract.topics if is_guarded(one)}
    named = [topic for one in contract.events for topic in one.topics]
    return dict.fromkeys(one for one in named if not parameters(one) and one not in guarded)


def topics_of(contract: Contract, caller: Caller) -> frozenset[str]:
    """Those that the caller may follow by the contract; who is nobody at all opens no socket."""
    if caller.fetch is None:
        return frozenset()
    admitted = [
        one for one in contract.events if one.roles is None or any(group <= caller.roles for group in one.roles)
    ]
    return frozenset(topic for one in admitted for topic in one.topics) & _followable(contract).keys()


async def misled(service: Service, caller: str) -> str:
    """Nothing where the caller may follow just the topics that the contract says."""
    known = service.callers[caller]
    if known.fetch is None:
        return ""
    socket = await _opened(service, caller)
    try:
        async with asyncio.timeout(OPEN_S):
            topics = _followable(service.contract)
            found = {one for one in topics if await _follows(socket, one, lambda frame: None)}
    finally:
        await socket.close()
    wrong = sorted(found ^ topics_of(service.contract, known))
    return f"{caller} {'follows' if wrong[0] in found else 'cannot follow'} {wrong[0]}" if wrong else ""


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
