"""The admin port of a real node: Z08 in production, readiness with reasons, metrics of all workers, and who is connected."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect

from app.development.servers import Valkey, free_port
from app.serving.admin import MAX_AT_ONCE, Admin
from app.serving.lines import LocalLine
from tests.faults.processes import workers_of
from tests.faults.raw import Peer, request
from tests.running_service import RunningService


@pytest.fixture(scope="module")
def pair(migrated: str, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """A node of two workers with an admin port."""
    admin = str(free_port())
    with RunningService(servers_folder / "admin", migrated, valkey.url, WORKERS="2", ADMIN_PORT=admin) as running:
        yield running


def admin_of(service: RunningService) -> str:
    return f"http://127.0.0.1:{service.environment['ADMIN_PORT']}"


async def get(url: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=20) as client:
        return await client.get(url)


def counted(text: str) -> float:
    """Requests for `health` over HTTP that succeeded."""
    [line] = [one for one in text.splitlines() if 'requests_total{code="ok",door="http",operation="health"}' in one]
    return float(line.rpartition(" ")[2])


async def eventually_ready(service: RunningService, count: int) -> None:
    """Until so many workers say so."""
    async with asyncio.timeout(60):
        while True:
            workers = (await get(f"{admin_of(service)}/readyz")).json()["workers"]
            if len(workers) == count and all(one["ready"] for one in workers):
                return
            await asyncio.sleep(0.2)


async def test_readiness_is_told_with_its_parts_breakers_and_tasks(pair: RunningService) -> None:
    await eventually_ready(pair, 2)
    told = (await get(f"{admin_of(pair)}/readyz")).json()
    assert told["ready"]
    for worker in told["workers"]:
        assert set(worker["parts"].values()) == {"ok"}
        assert worker["breakers"] == {"keycloak": "closed", "redis": "closed"}
        assert "event-relay" in worker["tasks"]


async def test_metrics_are_those_of_all_workers_and_do_not_fall_when_one_goes(pair: RunningService) -> None:
    await eventually_ready(pair, 2)
    before = counted((await get(f"{admin_of(pair)}/metrics")).text)
    for _ in range(20):
        assert (await get(f"{pair.url}/health")).status_code == 200
    page = await get(f"{admin_of(pair)}/metrics")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert counted(page.text) == before + 20
    os.kill(workers_of(pair.process.pid)[0], 9)
    await asyncio.sleep(1)
    await eventually_ready(pair, 2)
    assert counted((await get(f"{admin_of(pair)}/metrics")).text) == before + 20


@asynccontextmanager
async def opened(service: RunningService, user: str) -> AsyncIterator[ClientConnection]:
    headers = {"authorization": f"Bearer {await service.token(user)}"}
    url = service.url.replace("http", "ws") + "/web"
    async with connect(url, additional_headers=headers, subprotocols=["stele.v1.json"], proxy=None) as one:  # type: ignore[list-item]  # it is a NewType
        await one.send('{"type":"subscribe","topics":["artists"]}')
        await one.recv()
        yield one


async def test_connections_are_listed_with_who_they_are_and_without_a_credential(pair: RunningService) -> None:
    async with opened(pair, "reader"):
        page = await get(f"{admin_of(pair)}/connections")
        [one] = page.json()
        command = [sys.executable, "-m", "app", "connections"]
        listed = await asyncio.to_thread(
            subprocess.run, command, env=pair.environment, capture_output=True, text=True, check=False
        )
    assert (one["user"], one["subprotocol"], one["topics"]) == ("reader", "stele.v1.json", ["artists"])
    assert abs(one["since"] - time.time()) < 60
    assert one["worker"] in workers_of(pair.process.pid)
    assert "eyJ" not in page.text
    assert (listed.returncode, listed.stdout.splitlines()[-1]) == (0, "1 open")
    assert listed.stdout.splitlines()[1].split()[0] == "reader"


@pytest.mark.survives("Z08", "D25")
async def test_production_has_nothing_for_operators_on_its_public_port(
    service: RunningService, migrated: str, valkey: Valkey, servers_folder: Path
) -> None:
    """Z08, D25: metrics, documents and what is behind them are asked for at the public port of a node in production: 404, and probes
    say no more than yes or no. At the admin port they are there, and only on its own address."""
    ports = free_port(), free_port()
    kept = {
        name: value
        for name, value in service.environment.items()
        if name not in ("ENV", "RATE_LIMIT_SCALE", "LOG_FORMAT")
    }
    # The issuer of the tests is plain HTTP, which production refuses; none is needed here.
    production = kept | {
        "ENVIRONMENT": "production", "DATABASE_URL": migrated, "REDIS_URL": valkey.url, "KEYCLOAK_URL": "https://127.0.0.1:9",
        "TLS": "proxy", "TRUSTED_HOSTS": "api.example.com", "ORIGINS": "", "PORT": str(ports[0]), "ADMIN_PORT": str(ports[1]),
    }  # fmt: skip
    log = (servers_folder / "production.log").open("w")
    command = (sys.executable, "-m", "app", "serve")
    process = await asyncio.create_subprocess_exec(*command, env=production, stdout=log, stderr=log)
    public, admin = (f"http://127.0.0.1:{port}" for port in ports)
    try:
        await alive(f"{public}/livez", process)
        async with httpx2.AsyncClient(trust_env=False, headers={"host": "api.example.com"}) as client:
            for path in ("/metrics", "/docs", "/openapi.json", "/asyncapi.json", "/profiling", "/connections"):
                assert (await client.get(public + path)).status_code == 404, path
            ready = await client.get(f"{public}/readyz")
        await hosts_are_judged(ports[0])
        assert (ready.status_code, "127.0.0.1:9" in ready.text) == (503, False)
        for path in ("/metrics", "/docs", "/openapi.json", "/connections"):
            assert (await get(admin + path)).status_code == 200, path
        told = await get(f"{admin}/readyz")
        assert (told.status_code, "127.0.0.1:9" in told.json()["workers"][0]["parts"]["keys"]) == (503, True)
        assert own_address() is None or not answers(own_address() or "", ports[1])
    finally:
        process.kill()
        await process.wait()
        log.close()


async def hosts_are_judged(port: int) -> None:
    """Z08: a page of somebody else's name reaches neither door; probes come by the node's address."""
    socket_fields = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {'A' * 22}==",
    )
    for line, host, status, fields in (
        ("GET /health", "api.example.com:443", 200, ()), ("GET /health", "evil.example", 400, ()),
        ("GET /web", "evil.example", 400, socket_fields), ("GET /web", "api.example.com", 401, socket_fields),
        ("GET /livez", "10.0.0.7:8000", 204, ()),
    ):  # fmt: skip
        async with await Peer.open(port, request(line, *fields, host=f"Host: {host}\r\n".encode())) as peer:
            assert (await peer.answer()).status == status, (line, host)


async def alive(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None
            try:
                assert (await get(url)).status_code == 204
                return
            except httpx2.TransportError:
                await asyncio.sleep(0.2)


def own_address() -> str | None:
    """This machine's, if it has one beside loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Nothing is sent: RFC 5737's, for examples.
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def answers(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((address, port)) == 0


def test_a_page_that_is_none_lists_those_that_are() -> None:
    status, _, body = Admin(dict, {"/docs": ("text/html", b"")}).page("/nothing")
    assert (status, json.loads(body)["paths"]) == (404, ["/connections", "/docs", "/livez", "/metrics", "/readyz"])


def test_a_worker_that_does_not_answer_is_told_as_not_ready() -> None:
    status, _, body = Admin(lambda: {7: LocalLine()}, {}).page("/readyz")
    assert (status, json.loads(body)["workers"]) == (
        503,
        [{"pid": 7, "ready": False, "parts": {"worker": "does not answer"}}],
    )


def test_a_fault_of_a_page_is_a_line_and_a_thread_that_cannot_start_keeps_no_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More requests than places meet each of three faults, and the next one is answered."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def broken() -> dict[int, LocalLine]:
        raise KeyError("broken")

    with capture_logs() as lines:
        Admin(broken, {}).start([listening])
        for name in ("admin-request", "Timer"):
            with monkeypatch.context() as change:
                change.setattr(threading.Thread, "start", failing(threading.Thread.start, name))
                for _ in range(MAX_AT_ONCE + 1):
                    ask(port, "/livez")
        assert ask(port, "/readyz") == b""
        assert b"alive" in ask(port, "/livez")
    assert {one["event"] for one in lines} == {"admin.failed"}


def failing(start: Callable[[threading.Thread], None], kind: str) -> Callable[[threading.Thread], None]:
    def attempt(thread: threading.Thread) -> None:
        if isinstance(thread, threading.Timer) == (kind == "Timer"):
            raise RuntimeError("can't start new thread")
        start(thread)

    return attempt


def ask(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        caller.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        with suppress(ConnectionResetError):
            return b"".join(iter(lambda: caller.recv(65536), b""))
        return b""
