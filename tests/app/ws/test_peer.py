"""What the transport and the kernel still hold for a peer, on both loops, over real TCP."""

from __future__ import annotations

import asyncio
import socket as sockets
from typing import Any, cast

import pytest
import uvloop

from app.guard.transport import GuardedTransport
from app.ws.peer import Peer


class Protocol(asyncio.Protocol):
    """As uvicorn's: has the transport, and `send` as a method."""

    transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = GuardedTransport(cast(asyncio.Transport, transport), asyncio.get_running_loop(), patience_s=1)

    async def send(self, message: Any) -> None:
        self.transport.write(message["bytes"])


async def watch_a_slow_reader() -> tuple[list[int], bool, bool]:
    """What is unsent after each 1 MB that the peer reads of 20; and whether the peer has gone before and after the cut."""
    loop, protocol = asyncio.get_running_loop(), Protocol()
    server = await loop.create_server(lambda: protocol, "127.0.0.1", 0)
    client = sockets.socket()
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 65_536)
    client.setblocking(False)
    await loop.sock_connect(client, server.sockets[0].getsockname())
    while protocol.transport is None:
        await asyncio.sleep(0.01)
    peer = Peer(protocol.send)
    await protocol.send({"bytes": bytes(20_000_000)})
    seen = []
    for _ in range(10):
        left = 1_000_000
        while left:
            left -= len(await loop.sock_recv(client, left))
        await asyncio.sleep(0.05)
        seen.append(peer.unsent_bytes())
    was_gone = peer.is_gone
    peer.cut_off()
    is_gone = peer.is_gone
    client.close()
    server.close()
    return seen, was_gone, is_gone


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_what_is_unsent_falls_with_each_megabyte_that_is_read(run: Any) -> None:
    """The transport alone does not say so: the kernel takes megabytes at once and then nothing for long."""
    seen, was_gone, is_gone = run(watch_a_slow_reader())
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen)
    assert 19_000_000 - 1_000_000 <= seen[0] <= 19_000_000
    assert (was_gone, is_gone) == (False, True)


async def leave_a_reader_that_rests(how: str) -> list[bool]:
    """Whether the peer has gone: before, and after it has left while nothing is read from it."""
    loop, protocol = asyncio.get_running_loop(), Protocol()
    server = await loop.create_server(lambda: protocol, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    while protocol.transport is None:
        await asyncio.sleep(0.01)
    writer.write(b"unread")
    protocol.transport.pause_reading()
    peer = Peer(protocol.send)
    seen = [peer.is_gone]
    if how == "FIN":
        writer.close()
    else:
        writer.transport.abort()
    await asyncio.sleep(0.1)
    seen.append(peer.is_gone)
    protocol.transport.abort()
    server.close()
    return seen


@pytest.mark.parametrize("how", ["FIN", "RST"])
@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_peer_that_leaves_is_noticed_although_nobody_reads(run: Any, how: str) -> None:
    assert run(leave_a_reader_that_rests(how)) == [False, True]


async def test_of_a_server_that_is_not_known_nothing_is_known() -> None:
    async def send(message: Any) -> None:
        """No method of a protocol."""

    peer = Peer(send)
    peer.cut_off()
    assert (peer.is_gone, peer.unsent_bytes()) == (False, 0)
