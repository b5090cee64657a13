"""Replies go to who waits for them, events are kept, and every wait ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from proof.traffic.open_socket import LiveSocket
from tests.proof.traffic.things import contract

EVENT = {"pkg_id": 1001, "req_id": "0", "topic": "artists", "offset": 1, "epoch": "e", "data": {}}


@asynccontextmanager
async def opened(talk: Callable[[ServerConnection], Awaitable[None]]) -> AsyncIterator[LiveSocket]:
    async with serve(talk, "127.0.0.1", 0) as serving:
        port = next(iter(serving.sockets)).getsockname()[1]
        socket = LiveSocket(contract(), await connect(f"ws://127.0.0.1:{port}", proxy=None), "stele.v1.json")
        try:
            yield socket
        finally:
            await socket.close(1000)


def reply(req_id: str | None, **more: Any) -> str:
    return json.dumps({"pkg_id": 4, "req_id": req_id, "status_code": 0, "data": {}, **more})


def frame(req_id: str) -> dict[str, Any]:
    return {"pkg_id": 4, "req_id": req_id, "data": {}}


async def test_replies_find_their_requests_in_any_order() -> None:
    async def talk(connection: ServerConnection) -> None:
        first, second = json.loads(await connection.recv()), json.loads(await connection.recv())
        await connection.send(json.dumps(EVENT))
        await connection.send(json.dumps({"type": "auth.expiring", "expires_in": 1}))
        await connection.send(reply(second["req_id"]))
        await connection.send(reply(first["req_id"]))
        await connection.send(reply("nobody's"))
        await connection.wait_closed()

    async with opened(talk) as socket:
        asked = [socket.ask(json.dumps(frame(one)), one, frame(one), 10) for one in ("a", "b")]
        answers = await asyncio.gather(*asked)
        assert [one.value["req_id"] for one in answers if one] == ["a", "b"]
        await socket.pushed(1, 10)
        assert [one.value for one in socket.pushes] == [EVENT]
        for _ in range(200):
            if socket.extra:
                break
            await asyncio.sleep(0.02)
        assert [one.value["req_id"] for one in socket.extra] == ["nobody's"]


async def test_what_has_no_id_is_answered_in_turn() -> None:
    async def talk(connection: ServerConnection) -> None:
        async for _ in connection:
            await connection.send(reply(None, status_code=1))

    async with opened(talk) as socket:
        found = await socket.ask("{", "", None, 10)
        assert found is not None
        assert found.value["status_code"] == 1


async def test_every_wait_ends() -> None:
    async def talk(connection: ServerConnection) -> None:
        async for raw in connection:
            if raw == "close":
                await connection.close(4505)

    async with opened(talk) as socket:
        assert await socket.ask("{}", "a", frame("a"), 0.2) is None
        await socket.pushed(1, 0.2)
        assert not await socket.ended(0.1)
        assert await socket.ask("close", "", None, 10) is None
        assert await socket.ended(10)
        assert socket.is_over
        assert socket.code == 4505
        assert await socket.ask("{}", "b", frame("b"), 10) is None


async def test_a_socket_that_was_cut_is_cut() -> None:
    codes: list[int | None] = []
    done = asyncio.Event()

    async def talk(connection: ServerConnection) -> None:
        await connection.wait_closed()
        codes.append(connection.close_code)
        done.set()

    async with opened(talk) as socket:
        await socket.close(1006)
        await asyncio.wait_for(done.wait(), 10)
        assert codes == [1006]
