"""A server that says that it ends: the client opens its next connection in time, elsewhere where it can, and no call notices."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.clients.misbehaving_server import ARTIST, Cut, MisbehavingServer, Request, Socket, reply
from tests.clients.test_socket_faults import must_have, opened, until
from tests.clients.twins import FLAVOURS, OLD_NODE, WAITING, Twin, take, twin

PUSH = {"pkg_id": 1001, "req_id": "00000000-0000-0000-0000-000000000000", "topic": "artists", "epoch": "e"}


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


@pytest.fixture
async def other() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


def draining(after_ms: int) -> dict[str, object]:
    return {"type": "server.draining", "reconnect_after_ms": after_ms}


async def keep_asking(client: Twin, is_over: Any) -> int:
    """Until `is_over`; how many were answered. None may fail."""
    count = 0
    async with asyncio.timeout(20):
        while not is_over():
            assert (await client.ask("artists.get", artist_id=7)).id == 7
            count += 1
            await asyncio.sleep(0.005)
    return count


@pytest.mark.survives("M07", "M08", "D26")
@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
@pytest.mark.parametrize("transport", ["ws", "auto"])
async def test_a_call_in_flight_is_answered_on_the_old_socket_and_later_ones_on_the_next(
    server: MisbehavingServer, flavour: str, transport: str
) -> None:
    """M08 (D26): the server says that it ends while a command runs. The next connection is opened beside the first; the command is answered
    on the first, once; later calls go to the second, none over HTTP, none fails; then the client closes the first one itself."""
    must_have(flavour)
    answer = asyncio.Event()
    heard: list[tuple[int, str]] = []

    async def end(socket: Socket) -> None:
        number = len(server.sockets)
        if number == 1:
            slow = await socket.request()
            heard.append((1, slow["req_id"]))
            socket.send(draining(200))
            await answer.wait()
            socket.answer(slow)
        while True:
            asked = await socket.request()
            heard.append((number, asked["req_id"]))
            socket.answer(asked)

    server.on_socket = end
    async with twin(flavour, server.url, transport=transport, max_retries=0) as client:
        await opened(client, server)
        slow = asyncio.create_task(client.ask("artists.create", name="Ada"))
        await until(lambda: heard)
        if flavour == "blocking":
            await asyncio.sleep(0.3)  # It opens the next one with a call.
            await client.ask("artists.get", artist_id=7)
        await until(lambda: len(client.told.connects) == 2)
        for _ in range(10):
            assert (await client.ask("artists.get", artist_id=7)).id == 7
        assert not slow.done()
        assert server.sockets[0].protocol.close_rcvd is None
        answer.set()
        assert (await slow).id == 7
        await until(lambda: server.sockets[0].protocol.close_rcvd is not None)
    assert server.requests == []
    late = {number for number, _ in heard[-10:]}
    assert late == {2}
    assert len({req_id for _, req_id in heard}) == len(heard), "nothing was repeated"


@pytest.mark.parametrize("flavour", WAITING)
async def test_the_next_connection_waits_for_the_time_that_was_told_and_the_old_one_works_until_then(
    server: MisbehavingServer, flavour: str
) -> None:
    asked_on: list[int] = []

    async def end(socket: Socket) -> None:
        number = len(server.sockets)
        if number == 1:
            socket.send(draining(800))
        while True:
            socket.answer(await socket.request())
            asked_on.append(number)

    server.on_socket = end
    async with twin(flavour, server.url, transport="ws", max_retries=0) as client:
        await opened(client, server)
        began = time.monotonic()
        await keep_asking(client, lambda: len(server.sockets) == 2)
        assert 0.7 < time.monotonic() - began < 2.5
        assert asked_on.count(1) > 10
        await keep_asking(client, lambda: asked_on[-1] == 2)


@pytest.mark.survives("M08", "D26")
@pytest.mark.parametrize("flavour", [*FLAVOURS, OLD_NODE])
@pytest.mark.parametrize("transport", ["ws", "auto", "http"])
async def test_of_several_addresses_the_next_one_is_taken_and_no_call_fails(
    server: MisbehavingServer, other: MisbehavingServer, flavour: str, transport: str
) -> None:
    """M08 (D26): a client that knows two nodes calls all the time while the first says that it ends, closes its sockets with 1012 and is gone.
    It goes to the second one; no call fails."""
    must_have(flavour)

    async def end(socket: Socket) -> None:
        socket.send(draining(100))
        try:
            async with asyncio.timeout(1.0):
                while True:
                    socket.answer(await socket.request())
        except TimeoutError:
            socket.close(1012)

    async def last(request: Request) -> bytes | None:
        return Cut(reply(200, ARTIST, connection="close"))

    server.on_socket, server.on_http = end, last
    async with twin(flavour, [server.url, other.url], transport=transport) as client:
        if transport != "http":
            await opened(client, server)
            await keep_asking(client, lambda: other.sockets)
        else:
            await client.ask("artists.get", artist_id=7)
        await server.__aexit__()
        for _ in range(20):
            assert (await client.ask("artists.get", artist_id=7)).id == 7
    if transport == "ws":
        assert other.requests == []


@pytest.mark.survives("M08")
@pytest.mark.parametrize("flavour", WAITING)
async def test_events_of_both_connections_are_heard_once(server: MisbehavingServer, flavour: str) -> None:
    """M08 (D17): while the next connection takes the place of the first, both bring the same events. Each is heard once, in order."""

    async def tell(socket: Socket) -> None:
        first, number = len(server.sockets) == 1, 0
        while (frame := await socket.receive())["type"] != "subscribe":
            pass
        socket.send({"type": "subscribed", "topics": frame["topics"]})
        for number in range(1, 5) if first else range(3, 9):
            socket.send({**PUSH, "offset": number, "data": {"artist": {**ARTIST, "id": number}}})
        if first:
            socket.send(draining(50))
        await asyncio.sleep(10)

    server.on_socket = tell
    async with twin(flavour, server.url) as client, asyncio.timeout(15):
        found = await take(client, 8)
    assert [one.data.artist.id for one in found] == list(range(1, 9))


async def test_a_blocking_client_that_was_idle_hears_of_it_with_its_next_call(
    server: MisbehavingServer, other: MisbehavingServer
) -> None:
    """Nobody read meanwhile: the call is made at the next address, and nothing of it was sent to the first."""
    asked: list[Any] = []

    async def end(socket: Socket) -> None:
        socket.send(draining(5000))
        asked.append(await socket.request())

    server.on_socket = end
    async with twin("blocking", [server.url, other.url], transport="ws", max_retries=0) as client:
        await opened(client, server)
        await asyncio.sleep(0.3)
        assert (await client.ask("artists.get", artist_id=7)).id == 7
    assert (asked, len(other.sockets)) == ([], 1)


@pytest.mark.parametrize("flavour", WAITING)
async def test_a_server_that_always_ends_is_not_hammered(server: MisbehavingServer, flavour: str) -> None:
    async def end(socket: Socket) -> None:
        socket.send(draining(0))
        while True:
            socket.answer(await socket.request())

    server.on_socket = end
    async with twin(flavour, server.url, transport="ws") as client:
        await opened(client, server)
        until_s = time.monotonic() + 3
        await keep_asking(client, lambda: time.monotonic() > until_s)
    assert 2 <= len(server.sockets) <= 20
