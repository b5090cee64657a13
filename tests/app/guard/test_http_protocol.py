"""The guarded HTTP protocol stays calm whatever bytes come, in whatever pieces; tests/faults has its rules one by one."""

from __future__ import annotations

import random

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.raw import Peer, chunked, request

GOOD = [
    request("GET /"),
    request("POST /", body=b"abc"),
    chunked("POST /", b"3\r\nabc\r\n0\r\nA: b\r\n\r\n"),
    request("GET /", "Connection: Upgrade", "Upgrade: h2c"),
    b"GET / HTTP/1.0\r\n\r\n",
]
NOISE = [b"\r\n", b"\0", b":", b" ", b"HTTP/1.1", b"Host: x\r\n", b"\xff" * 9, b"0\r\n\r\n", b"Content-Length: 5\r\n"]


def spoiled(chance: random.Random) -> bytes:
    data = bytearray(b"".join(chance.choices(GOOD, k=4)))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(4)] = chance.choice(NOISE)
    return bytes(data)


@pytest.mark.parametrize("seed", range(40))
async def test_spoiled_requests_leave_no_line_in_the_log_and_the_server_alive(echo: EchoServer, seed: int) -> None:
    chance = random.Random(seed)
    data = spoiled(chance)
    async with await Peer.open(echo.port) as peer:
        while data and not peer.writer.transport.is_closing():
            size = chance.randrange(1, 60)
            peer.send(data[:size])
            data = data[size:]
            await peer.is_open(0.001)
    async with await Peer.open(echo.port, request("GET /")) as peer:
        assert (await peer.answer()).status == 200
    assert echo.text() == ""
