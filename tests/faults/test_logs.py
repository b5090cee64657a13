"""What happens to the service when nobody reads its log."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from app.development.servers import free_port
from tests.running_service import RunningService

REFUSALS = 700
"""Each leaves a line of some 190 bytes: twice what a pipe holds."""


@contextmanager
def served(service: RunningService, out: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A second node beside the running one, all of whose output goes to `out`."""
    port = free_port()
    environment = service.environment | {"PORT": str(port), "RATE_LIMIT_SCALE": "1000"}
    command = [sys.executable, "-m", "app", "serve"]
    process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 30
        while not is_alive(port):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process, port
    finally:
        process.kill()
        process.wait()


def is_alive(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/livez", trust_env=False, timeout=5).status_code == 204
    except httpx2.TransportError:
        return False


async def refuse(port: int) -> None:
    """One handshake without a good credential."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET /web HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer bad\r\n\r\n"
    )
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n")
    writer.transport.abort()
    assert b" 401 " in head


async def refuse_many(port: int) -> None:
    for _ in range(REFUSALS // 20):
        await asyncio.gather(*(refuse(port) for _ in range(20)))


def slowest_livez_s(port: int) -> float:
    times = []
    for _ in range(10):
        began = time.monotonic()
        assert is_alive(port)
        times.append(time.monotonic() - began)
    return max(times)


@pytest.mark.survives("F12")
async def test_a_log_that_nobody_reads_holds_up_nobody(service: RunningService) -> None:
    """F12 (D28): nobody reads the pipe that stdout and stderr go to, and more refusals are logged than it holds. All are
    answered, probes too; when the reader comes back it finds each line whole; the node ends in time with a full pipe."""
    read, write = os.pipe()
    try:
        with served(service, write) as (process, port):
            await refuse_many(port)
            assert await asyncio.to_thread(slowest_livez_s, port) < 1
            os.set_blocking(read, False)
            assert await lines_until(read, REFUSALS) == REFUSALS
            await refuse_many(port)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        os.close(read)
        os.close(write)


def test_the_last_line_is_written_before_the_node_ends(service: RunningService) -> None:
    read, write = os.pipe()
    with served(service, write) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    os.close(write)
    with os.fdopen(read) as log:
        assert json.loads(log.read().splitlines()[-1])["event"] == "service.stopped"


async def lines_until(read: int, count: int) -> int:
    """How many refusals are read, each a whole line of JSON, until there are `count`."""
    text, found = b"", 0
    async with asyncio.timeout(20):
        while found < count:
            try:
                text += os.read(read, 1 << 16)
            except BlockingIOError:
                await asyncio.sleep(0.02)
            *lines, text = text.split(b"\n")
            found += sum(json.loads(line)["event"] == "auth.denied" for line in lines)
    return found


@pytest.mark.survives("F12")
async def test_a_full_disk_under_the_log_holds_up_nobody_and_the_metric_says_how_much_is_missing(
    service: RunningService,
) -> None:
    """F12 (D28): each write of the log fails as on a full disk. Refusals are answered as ever, probes too, and
    `stele_log_lines_dropped_total` counts the lines."""
    disk = os.open("/dev/full", os.O_WRONLY)
    try:
        with served(service, disk) as (_, port):
            await refuse_many(port)
            assert await asyncio.to_thread(slowest_livez_s, port) < 1
            async with httpx2.AsyncClient(trust_env=False) as client:
                page = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
            dropped = next(line for line in page.splitlines() if line.startswith("stele_log_lines_dropped_total"))
            assert float(dropped.split()[1]) >= 1
    finally:
        os.close(disk)
