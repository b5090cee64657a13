"""Frames pass both ways as they are, a refused handshake is refused with its own answer, and each side ends as the other did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response
from websockets.typing import Origin, Subprotocol

from app.development.servers import free_port
from proof.traffic.lines import Closed, Frame
from tests.proof.traffic.things import Recorded
from tests.proof.traffic.upstream import between

FRAMES = Subprotocol("stele.v1.json")


class Echo:
    """Says back what it hears; `refuse` answers no handshake, `end` closes by that code, or cuts."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.refuse = refuse
        self.request: Request | None = None
        self.code: int | None = None

    def judge(self, connection: ServerConnection, request: Request) -> Response | None:
        self.request = request
        return connection.respond(HTTPStatus.FORBIDDEN, "not you") if self.refuse else None

    async def talk(self, connection: ServerConnection) -> None:
        try:
            async for message in connection:
                if message == "close":
                    await connection.close(4505, "enough")
                elif message == "cut":
                    connection.transport.abort()
                else:
                    await connection.send(message)
        except ConnectionClosed:
            pass
        await connection.wait_closed()
        self.code = connection.close_code


@asynccontextmanager
async def behind(echo: Echo, folder: Path) -> AsyncIterator[tuple[str, str, Recorded]]:
    async with serve(echo.talk, "127.0.0.1", 0, process_request=echo.judge, subprotocols=[FRAMES]) as serving:
        service = f"http://127.0.0.1:{next(iter(serving.sockets)).getsockname()[1]}"
        async with between(service, folder) as (url, recorded):
            yield service, f"ws{url.removeprefix('http')}/web", recorded


async def test_frames_pass_both_ways_as_they_are(tmp_path: Path) -> None:
    echo = Echo()
    async with behind(echo, tmp_path) as (service, url, recorded):
        origin = Origin(url.replace("ws", "http").removesuffix("/web"))
        async with connect(
            f"{url}?format=json", subprotocols=[FRAMES], origin=origin, additional_headers={"X-A": "b"}, proxy=None
        ) as socket:
            assert socket.subprotocol == FRAMES
            for message in ("text é", b"\x00\xff", "x" * 2000):
                await socket.send(message)
                assert await socket.recv() == message
        assert echo.request is not None
        assert echo.request.path == "/web?format=json"
        assert (echo.request.headers["X-A"], echo.request.headers["Origin"]) == ("b", service)
        lines = await ended(recorded)
        frames = [one for one in lines if isinstance(one, Frame)]
        assert [(one.is_sent, one.body.form) for one in frames] == [(True, "unreadable"), (False, "unreadable")] * 2 + [
            (True, "left-out"), (False, "left-out"),
        ]  # fmt: skip
        last = lines[-1]
        assert isinstance(last, Closed)
        assert (last.socket, last.by, last.code) == ("socket-1", "client", 1000)


async def ended(recorded: Recorded) -> list[object]:
    """The lines, when the socket's end is among them."""
    for _ in range(200):
        if isinstance(recorded.last(), Closed):
            break
        await asyncio.sleep(0.02)
    return list(recorded.lines())


@pytest.mark.parametrize(("said", "heard", "kept"), [("close", 4505, 4505), ("cut", 1014, 1006)])
async def test_who_stands_behind_may_end_it(said: str, heard: int, kept: int, tmp_path: Path) -> None:
    async with behind(Echo(), tmp_path) as (_, url, recorded):
        async with connect(url, subprotocols=[FRAMES], proxy=None) as socket:
            await socket.send(said)
            await socket.wait_closed()
            assert socket.close_code == heard
        last = (await ended(recorded))[-1]
        assert isinstance(last, Closed)
        assert (last.by, last.code) == ("service", kept)


@pytest.mark.parametrize(("is_cut", "heard", "kept"), [(False, 3001, 3001), (True, 1006, 1006)])
async def test_the_client_may_end_it(is_cut: bool, heard: int, kept: int, tmp_path: Path) -> None:
    echo = Echo()
    async with behind(echo, tmp_path) as (_, url, recorded):
        socket = await connect(url, subprotocols=[FRAMES], proxy=None)
        if is_cut:
            socket.transport.abort()
        else:
            await socket.close(3001)
        last = (await ended(recorded))[-1]
        assert isinstance(last, Closed)
        assert (last.by, last.code) == ("client", kept)
        for _ in range(200):
            if echo.code is not None:
                break
            await asyncio.sleep(0.02)
        assert echo.code == heard


async def test_a_refused_handshake_is_refused_with_its_own_answer(tmp_path: Path) -> None:
    async with behind(Echo(refuse=True), tmp_path) as (_, url, recorded):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, proxy=None)
        assert refused.value.response.status_code == 403
        assert refused.value.response.body == b"not you"
        assert recorded.last().answer.status == 403


async def test_a_service_that_is_away_is_502_and_recorded(tmp_path: Path) -> None:
    async with between(f"http://127.0.0.1:{free_port()}", tmp_path) as (url, recorded):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws{url.removeprefix('http')}/web", proxy=None)
        assert refused.value.response.status_code == 502
        assert recorded.last().answer.status == 502
