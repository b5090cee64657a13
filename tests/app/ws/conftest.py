"""The WebSocket door over a real uvicorn, with fakes behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.admission.gate import Gate
from app.auth.principal import Principal
from app.broadcast.hub import Hub
from app.ws.departure import Departure
from app.ws.endpoint import SocketDoor
from generated.ws_packages import GUARDS, PACKAGES
from tests.app.ws.fakes import (
    FakeHandlers,
    FakeLimiter,
    FakeMetrics,
    FakePassages,
    FakePresence,
    FakeReading,
    FakeRefusals,
    FakeRunner,
    FakeSettings,
    FakeTickets,
    FakeUserSockets,
    FakeVerifier,
    NoHistory,
    principal,
)


@dataclass
class OpenDoor:
    """A door that listens, and all that stands behind it."""

    port: int
    handlers: FakeHandlers
    runner: FakeRunner
    verifier: FakeVerifier
    tickets: FakeTickets
    limiter: FakeLimiter
    metrics: FakeMetrics
    hub: Hub
    denials: FakeRefusals
    user_sockets: FakeUserSockets
    departure: Departure
    sockets: list[ClientConnection] = field(default_factory=list)

    async def connect(
        self, token: str | None = "ann", *, query: str = "", protocols: tuple[str, ...] = (), **headers: str
    ) -> ClientConnection:
        sent = {"Authorization": f"Bearer {token}"} if token is not None else {}
        offers = [Subprotocol(one) for one in protocols] or None
        socket = await connect(
            f"ws://127.0.0.1:{self.port}/web{query}",
            additional_headers=sent | headers,
            subprotocols=offers,
            proxy=None,
            compression=None,
        )
        self.sockets.append(socket)
        return socket

    async def say(self, socket: ClientConnection, **frame: Any) -> None:
        await socket.send(json.dumps(frame))

    async def hear(self, socket: ClientConnection) -> Any:
        return json.loads(await asyncio.wait_for(socket.recv(), 8))


class Listener(uvicorn.Server):
    """Without signal handlers, which are the test runner's."""

    async def listen(self) -> int:
        self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        await self.lifespan.startup()
        await self.startup()
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port


@pytest.fixture
def tokens() -> dict[str, Principal]:
    return {"ann": principal("ann"), "bob": principal("bob", roles="")}


@pytest.fixture
def limiter() -> FakeLimiter:
    return FakeLimiter()


@pytest.fixture
def settings() -> FakeSettings:
    return FakeSettings()


@pytest.fixture
async def door(tokens: dict[str, Principal], limiter: FakeLimiter, settings: FakeSettings) -> AsyncIterator[OpenDoor]:
    handlers, runner, metrics, hub, denials = FakeHandlers(), FakeRunner(), FakeMetrics(), Hub(), FakeRefusals()
    verifier, user_sockets = FakeVerifier(tokens), FakeUserSockets(most=5)
    tickets = FakeTickets({"t1": (tokens["ann"], None), "t2": (tokens["ann"], "https://app.test")})
    app = SocketDoor(
        runner=runner,
        handlers=handlers,
        packages=PACKAGES,
        guards=GUARDS,
        verifier=verifier,
        tickets=tickets,
        limiter=limiter,
        user_sockets=user_sockets,
        hub=hub,
        history=NoHistory(),
        reading=FakeReading(),
        presence=FakePresence(),
        metrics=metrics,
        settings=settings,
        on_refusal=denials,
        on_passage=FakePassages(),
        gate=Gate(),
    )
    config = uvicorn.Config(
        app,
        port=0,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        log_level="info",
        timeout_graceful_shutdown=2,
    )
    listener = Listener(config)
    port = await listener.listen()
    opened = OpenDoor(
        port, handlers, runner, verifier, tickets, limiter, metrics, hub, denials, user_sockets, app.departure
    )
    yield opened
    for socket in opened.sockets:
        await socket.close()
    await listener.shutdown()
