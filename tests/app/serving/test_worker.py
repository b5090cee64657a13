"""One worker ends by a signal as if it had been asked, and does not outlive its parent."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.faults.echo_process import EchoServer
from tests.faults.processes import end_of, is_there, workers_of
from tests.faults.raw import TEXT, Peer, frame, request

IN_FLIGHT = 16
"""Enough for each of two workers to have some."""


@pytest.mark.survives("D26", "M07")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("options", [(), ("two",)], ids=["one worker", "two workers"])
async def test_a_signal_ends_the_node_with_exit_code_0(
    servers_folder: Path, number: signal.Signals, options: tuple[str, ...]
) -> None:
    """M07 (D26): SIGTERM or SIGINT comes to a node of one worker or two, while a socket is open and requests run. They are all
    answered, every process ends by itself and in time, and the exit code is 0."""
    server = EchoServer(servers_folder / f"ended-{number.name}-{len(options)}", *options)
    server.start()
    workers = workers_of(server.pid)
    try:
        async with await Peer.open_socket(server.port, "/echo") as socket:
            socket.send(frame(TEXT, b"open"))
            await socket.frame()
            peers = [await Peer.open(server.port, request("GET /slow")) for _ in range(IN_FLIGHT)]
            await asyncio.sleep(0.2)
            os.kill(server.pid, number)
            assert [(await peer.answer()).status for peer in peers] == [200] * IN_FLIGHT
            took_s, code = await end_of(server.pid, 25.0)
    finally:
        server.stop()
    assert code == 0, f"ended with {code} after {took_s:.1f} s"
    assert took_s <= 15.0
    assert server.text() == ""
    assert not any(is_there(pid) for pid in workers)


@pytest.mark.survives("D26")
async def test_workers_do_not_outlive_their_node(servers_folder: Path) -> None:
    """D26: the parent of two workers is killed. Each answers what it has in flight and ends, so that nobody serves an address that
    a new node wants."""
    server = EchoServer(servers_folder / "orphans", "two")
    server.start()
    workers = workers_of(server.pid)
    try:
        async with await Peer.open(server.port, request("GET /slow")) as peer:
            await asyncio.sleep(0.1)
            server.kill()
            assert (await peer.answer()).status == 200
        async with asyncio.timeout(20):
            while any(is_there(pid) for pid in workers):
                await asyncio.sleep(0.1)
    finally:
        for pid in filter(is_there, workers):
            os.kill(pid, signal.SIGKILL)
        server.stop()
    assert len(workers) == 2
