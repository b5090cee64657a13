"""How connections end: real sockets with a peer that takes nothing, or goes on sending."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from typing import cast

import pytest

from app.guard.transport import LINGER_S, GuardedTransport

PATIENCE_S = 0.5
STALL_S = 0.5
LARGE = b"a" * (16 << 20)


class Served(asyncio.Protocol):
    def __init__(self) -> None:
        self.guarded: GuardedTransport | None = None
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop = asyncio.get_running_loop()
        self.guarded = GuardedTransport(
            cast(asyncio.Transport, transport), loop, patience_s=PATIENCE_S, stall_s=STALL_S
        )

    def data_received(self, data: bytes) -> None:
        assert self.guarded is not None
        self.guarded.drop(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        assert self.guarded is not None
        self.guarded.lost()
        self.lost.set()


@pytest.fixture
async def pair() -> AsyncIterator[tuple[GuardedTransport, Served, socket.socket]]:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    _, protocol = await asyncio.get_running_loop().create_connection(Served, sock=ours)
    assert protocol.guarded is not None
    yield protocol.guarded, protocol, theirs
    theirs.close()
    if not protocol.lost.is_set():
        protocol.guarded.abort()


Pair = tuple[GuardedTransport, Served, socket.socket]


async def seconds_until_lost(protocol: Served) -> float:
    begun = time.monotonic()
    await asyncio.wait_for(protocol.lost.wait(), 20)
    return time.monotonic() - begun


async def test_a_close_ends_although_the_peer_takes_nothing(pair: Pair) -> None:
    guarded, protocol, _ = pair
    guarded.write(LARGE)
    guarded.close()
    assert guarded.is_closing()
    assert PATIENCE_S / 2 < await seconds_until_lost(protocol) < 10 * PATIENCE_S


async def test_a_peer_that_takes_it_slowly_gets_all(pair: Pair) -> None:
    guarded, protocol, theirs = pair
    guarded.write(LARGE)
    guarded.close()
    loop, got = asyncio.get_running_loop(), 0
    while data := await loop.sock_recv(theirs, 1 << 20):
        got += len(data)
        await asyncio.sleep(0.02)
    assert got == len(LARGE)
    await seconds_until_lost(protocol)


async def test_leaving_lets_the_peer_read_the_answer_while_it_sends(pair: Pair) -> None:
    guarded, protocol, theirs = pair
    guarded.is_unread = True
    guarded.write(b"answer")
    guarded.close()
    guarded.write(b"never sent")
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(theirs, LARGE[: 1 << 20])
    assert await loop.sock_recv(theirs, 100) == b"answer"
    assert await loop.sock_recv(theirs, 100) == b""
    assert await seconds_until_lost(protocol) < LINGER_S + 3


async def test_an_open_connection_may_rest_and_go_on(pair: Pair) -> None:
    guarded, _, theirs = pair
    guarded.pause_reading()
    guarded.pause_reading()
    guarded.resume_reading()
    guarded.watch()
    guarded.unwatch()
    guarded.write(b"still here")
    assert await asyncio.get_running_loop().sock_recv(theirs, 100) == b"still here"
    assert not guarded.is_closing()


@pytest.mark.parametrize(("least_bytes", "is_cut"), [(1, False), (1 << 20, True)])
async def test_who_takes_an_answer_too_slowly_is_cut(pair: Pair, least_bytes: int, is_cut: bool) -> None:
    """W10: some 300 KiB are taken in each look: enough where anything is, too little where it is to be a MiB."""
    guarded, protocol, theirs = pair
    guarded.write(LARGE)
    guarded.watch(least_bytes)
    loop, until = asyncio.get_running_loop(), time.monotonic() + 6 * STALL_S
    while time.monotonic() < until and not protocol.lost.is_set():
        await loop.sock_recv(theirs, 1 << 16)
        await asyncio.sleep(STALL_S / 5)
    assert protocol.lost.is_set() is is_cut


async def test_to_leave_a_peer_that_has_gone_already_is_no_fault() -> None:
    """The loop has not heard of the reset: asyncio's own transport raises then, where the server ends a connection."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as theirs,
    ):
        ours, _ = listening.accept()
        _, protocol = await asyncio.get_running_loop().create_connection(Served, sock=ours)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        theirs.close()
        assert protocol.guarded is not None
        protocol.guarded.leave()
        assert await seconds_until_lost(protocol) < 1
