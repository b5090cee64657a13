"""The guarded WebSocket protocol stays calm whatever frames come, in whatever pieces; tests/faults has its rules one by one."""

from __future__ import annotations

import gc
import random

import pytest

from app.guard.websocket_protocol import GuardedWebSocket
from tests.faults.echo_process import EchoServer
from tests.faults.echo_server import in_this_process
from tests.faults.raw import BINARY, CLOSE, PING, PONG, TEXT, Peer, frame, handshake

GOOD = [
    frame(TEXT, b"a"), frame(BINARY, b"a" * 200), frame(TEXT, b"\xce", fin=False) + frame(0, b"\xba"), frame(PING, b"a"),
    frame(PONG), frame(BINARY, b"a" * 70_000), frame(CLOSE, b"\x03\xe8bye"), frame(TEXT, fin=False),
]  # fmt: skip


def spoiled(chance: random.Random) -> bytes:
    data = bytearray(b"".join(chance.choices(GOOD, k=6)))
    for _ in range(chance.randrange(3)):
        data[chance.randrange(min(len(data), 40))] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("seed", range(40))
async def test_spoiled_frames_leave_no_line_in_the_log_and_the_server_alive(echo: EchoServer, seed: int) -> None:
    chance = random.Random(seed)
    data = spoiled(chance)
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        while data and not peer.writer.transport.is_closing():
            size = chance.choice([1, 3, 20, 5000])
            peer.send(data[:size])
            data = data[size:] if len(data) < 5000 else data[5000:]
            await peer.is_open(0.001)
    async with await Peer.open_socket(echo.port, "/echo") as peer:
        peer.send(frame(TEXT, b"still here"))
        assert await peer.frame() == (TEXT, b"still here")
    assert echo.text() == ""


@pytest.mark.survives("D13")
async def test_an_open_socket_keeps_neither_the_credential_nor_the_rest_of_its_handshake() -> None:
    """D13: a socket lives for hours; of its request nothing is kept that nobody reads again, and what it came with is no more in memory."""
    async with in_this_process() as (_, port):
        said = handshake("/echo", "Authorization: Bearer a-credential")
        async with await Peer.open(port, said) as peer:
            assert (await peer.answer()).status == 101
            peer.send(frame(TEXT, b"said"))
            assert await peer.frame() == (TEXT, b"said")
            ours = [one for one in gc.get_objects() if type(one) is GuardedWebSocket]
            (open_one,) = [one for one in ours if one.transport.get_extra_info("sockname")[1] == port]
            kept = [*open_one.request.headers.raw_items(), *open_one.response.headers.raw_items()]
            assert kept == []
