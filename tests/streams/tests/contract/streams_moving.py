"""Run in a project whose answers are streams: `python -m tests.contract.streams_moving`. Its clients walk one while their server says
that it ends, over a socket that the scene plays: what is sent on which connection, and when one is closed, is seen there alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from generated.sdk_python.stele_client import AsyncClient, Client, Hooks
from tests.clients.misbehaving_server import MisbehavingServer, Socket
from tests.node import NODE

LIMIT_S = 30.0
COUNTED = [1, 2]


class Ending:
    """The first socket begins a stream, says that the server ends, and goes on only when a call was answered on the second one."""

    def __init__(self, server: MisbehavingServer) -> None:
        self._server = server
        self._called = asyncio.Event()
        self.was_kept = False

    async def serve(self, socket: Socket) -> None:
        if len(self._server.sockets) > 1:
            socket.answer(await socket.request())
            self._called.set()
            await socket.request()
        asked = await socket.request()
        socket.send({"type": "server.draining", "reconnect_after_ms": 0})
        socket.answer(asked, {"number": 1, "padding": ""}, offset=0)
        await self._called.wait()
        self.was_kept = socket.protocol.close_rcvd is None
        socket.answer(asked, {"number": 2, "padding": ""}, offset=1)
        socket.send({"pkg_id": asked["pkg_id"], "req_id": asked["req_id"], "status_code": 0, "data": None})
        await socket.request()


async def asynchronous(server: MisbehavingServer) -> None:
    moved, left = asyncio.Event(), asyncio.Event()
    hooks = Hooks(
        on_connect=lambda count: moved.set() if count == len(COUNTED) else None,
        on_disconnect=lambda code, pause_s: left.set(),
    )
    async with AsyncClient(server.url, token="t", transport="ws", max_retries=0, hooks=hooks) as client:
        stream = client.streams.count_up(times=2)
        numbers = [(await anext(stream)).number]
        await moved.wait()
        assert (await client.artists.get(artist_id=7)).id == 7
        numbers += [tick.number async for tick in stream]
        assert numbers == COUNTED
        await left.wait()


async def blocking(server: MisbehavingServer) -> None:
    """It hears of the end with its call, which opens the next connection."""

    def walk() -> None:
        with Client(server.url, token="t", transport="ws", max_retries=0) as client:
            stream = client.streams.count_up(times=2)
            numbers = [next(stream).number]
            assert client.artists.get(artist_id=7).id == 7
            numbers += [tick.number for tick in stream]
            assert numbers == COUNTED

    await asyncio.to_thread(walk)


async def typescript(server: MisbehavingServer) -> None:
    """`streams_moving.ts`, which Node reads as it is."""
    script = Path(__file__).with_suffix(".ts")
    process = await asyncio.create_subprocess_exec(str(NODE), "--no-warnings", str(script), server.url)
    assert await process.wait() == 0


async def a_stream_stays_where_it_began(walk: Callable[[MisbehavingServer], Awaitable[None]]) -> None:
    """The call that comes meanwhile goes to the next connection, the stream comes to its end on the first, and that one is closed then."""
    async with asyncio.timeout(LIMIT_S), MisbehavingServer() as server:
        ending = Ending(server)
        server.on_socket = ending.serve
        await walk(server)
        assert ending.was_kept, "the first connection was closed under its stream"
        while server.sockets[0].protocol.close_rcvd is None:
            await asyncio.sleep(0.01)
        assert len(server.sockets) == 2


async def main() -> None:
    for walk in (asynchronous, blocking, typescript):
        await a_stream_stays_where_it_began(walk)


if __name__ == "__main__":
    asyncio.run(main())
