"""The admin port of a real node: Z08 in production, readiness with reasons, metrics of all workers, and who is connected."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect

from app.admission.gate import MAX_LIMIT
from app.development.servers import Valkey, free_port
from app.http.documents import Document
from app.serving.admin import MAX_AT_ONCE, Admin, _Server
from app.serving.lines import LocalLine
from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.family import Label, Words
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
        assert worker["breakers"] == {"keycloak": "closed", "postgresql": "closed", "redis": "closed"}
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


async def test_after_each_part_was_used_each_has_counted_and_all_is_in_the_catalogue(pair: RunningService) -> None:
    """Whatever a node tells is a family of `docs/metrics.md`, with labels of its closed sets; and the reverse."""
    await eventually_ready(pair, 2)
    families: dict[str, dict[str, float]] = {}
    async with each_part_used(pair), asyncio.timeout(20):
        while families.get("event_lag_seconds", {}).get("artists", 0) < 1 or not families["loop_lag_seconds"]:
            await asyncio.sleep(0.3)
            families = told((await get(f"{admin_of(pair)}/metrics")).text)
    assert families.keys() == {one.value.name for one in Catalogue}
    for one, family in ((one.value, families[one.value.name]) for one in Catalogue):
        assert family or one.name in QUIET, one.name
        for key in family:
            values = key.split("|") if one.labels else []
            assert [v for label, v in zip(one.labels, values, strict=True) if not is_known(label, v)] == []
    assert families["database_pool_size"][""] == 2 * 10
    assert families["sockets"][""] == families["subscriptions"]["artists"] == 1
    assert families["events_published_total"]["artists"] == families["events_received_total"]["artists"], (
        "read by the worker where somebody follows, and by it alone"
    )
    assert families["socket_handshakes_refused_total"]["missing"] >= 1
    assert families["database_statement_seconds"]["insert artist"] == families["events_published_total"]["artists"]
    assert families["issuer_requests_total"]["login|ok"] >= 1
    assert families["limiter_decisions_total"]["reads|allowed"] >= 1
    assert families["audit_written_total"]["transaction"] >= 1
    assert families["redis_command_seconds"]["evalsha"] >= 1
    assert families["socket_frames_total"]["json|in"] >= 1
    assert families["loop_lag_seconds"][""] >= 1
    assert families["breaker_state"] == {"keycloak": 0, "postgresql": 0, "redis": 0}
    assert MAX_LIMIT < families["requests_limit"][""] <= 2 * MAX_LIMIT, (
        "the sum of both; less where the machine is slow"
    )
    assert families["build_info"].popitem()[1] == 1


HANDSHAKE = {
    "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip
QUIET = {"database_statement_errors_total", "task_ends_total", "trace_spans_dropped_total"}
"""Without a failure they have no sample, and the last one has none where no traces are told."""


def is_known(label: Label, value: str) -> bool:
    """Of the platform's sets; the contract's are the registry's to hold."""
    return isinstance(label.values, Words) or value in label.values


@asynccontextmanager
async def each_part_used(service: RunningService) -> AsyncIterator[None]:
    """With a socket that follows events, and has had one."""
    headers = {"authorization": f"Bearer {await service.token('editor')}"}
    async with opened(service, "reader") as socket, httpx2.AsyncClient(base_url=service.url, trust_env=False) as client:
        login = await client.post("/auth/login", json={"username": "reader", "password": "reader"})
        name = f"Counted {time.time_ns()}"
        created = await client.post("/api/artists", json={"name": name}, headers=headers)
        listed = await client.get("/api/artists", headers=headers)
        assert [one.status_code for one in (login, created, listed)] == [200, 201, 200]
        refused = await client.get("/web", headers=HANDSHAKE)
        assert refused.status_code == 401
        await asyncio.wait_for(socket.recv(), 10)
        yield


def told(text: str) -> dict[str, dict[str, float]]:
    """The number of each child, of a histogram its count, by the values of its labels in their order."""
    labels = {one.value.full_name: [label.name for label in one.value.labels] for one in Catalogue}
    names = {one.value.full_name: one.value.name for one in Catalogue}
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        full = family.name + ("_total" if family.type == "counter" else "")
        children = found.setdefault(names.get(full, full), {})
        for one in family.samples:
            if family.type != "histogram" or one.name.endswith("_count"):
                children["|".join(one.labels[name] for name in labels.get(full, one.labels))] = one.value
    return found


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
            for path in (
                "/metrics",
                "/",
                "/docs",
                "/openapi.json",
                "/asyncapi.json",
                "/client.json",
                "/profiling",
                "/connections",
            ):
                assert (await client.get(public + path)).status_code == 404, path
            ready = await client.get(f"{public}/readyz")
        await hosts_are_judged(ports[0])
        assert (ready.status_code, "127.0.0.1:9" in ready.text) == (503, False)
        for path in ("/metrics", "/docs", "/openapi.json", "/connections"):
            assert (await get(admin + path)).status_code == 200, path
        assert 'content="elsewhere"' in (await get(f"{admin}/")).text
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
    status, _, body = Admin(dict, {"/docs": Document("text/html", b"")}).page("/nothing")
    assert (status, json.loads(body)["paths"]) == (404, ["/connections", "/docs", "/livez", "/metrics", "/readyz"])


def test_a_worker_that_does_not_answer_is_told_as_not_ready() -> None:
    status, _, body = Admin(lambda: {7: LocalLine()}, {}).page("/readyz")
    assert (status, json.loads(body)["workers"]) == (
        503,
        [{"pid": 7, "ready": False, "parts": {"worker": "does not answer"}}],
    )


@pytest.fixture
def broken() -> Iterator[str]:
    """The address of an admin port whose pages fail in a way that nobody foresaw; what it logs is kept."""

    def fails() -> dict[int, LocalLine]:
        raise RuntimeError("unforeseen")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Admin(fails, {"/docs": Document("text/html", b"here")}).start([listening])
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


async def test_a_fault_of_ours_is_a_line_in_the_log_and_the_port_lives(broken: str) -> None:
    with capture_logs() as lines:
        with pytest.raises(httpx2.TransportError):
            await get(f"{broken}/readyz")
        assert (await get(f"{broken}/docs")).text == "here"
    assert [(one["event"], str(one["exc_info"])) for one in lines] == [("admin.failed", "unforeseen")]


async def test_requests_for_which_no_thread_began_take_no_place_for_good(broken: str) -> None:
    """A stack that no machine has room for stands for a machine without room."""
    usual = threading.stack_size(1 << 46)
    try:
        with capture_logs():
            for _ in range(2 * MAX_AT_ONCE):
                with pytest.raises(httpx2.TransportError):
                    await asyncio.wait_for(get(f"{broken}/docs"), 10)
    finally:
        threading.stack_size(usual)
    assert (await asyncio.wait_for(get(f"{broken}/docs"), 10)).text == "here"


@pytest.mark.survives("F13")
def test_without_descriptors_the_admin_port_rests_and_answers_once_there_are_some(broken: str) -> None:
    """F13: who waits at the admin port cannot be taken since the process has no descriptor left: its thread does not spin, and answers
    when there is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as waiting:
        waiting.settimeout(10)
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            waiting.connect(("127.0.0.1", int(broken.rpartition(":")[2])))
            begun = time.process_time()
            time.sleep(1.0)
            spent_s = time.process_time() - begun
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        waiting.sendall(b"GET /docs HTTP/1.1\r\nHost: x\r\n\r\n")
        assert waiting.recv(12) == b"HTTP/1.0 200"
    assert spent_s < 0.3


class Crowded(_Server):
    """A machine that has room for the thread of a request, and none for that of its alarm."""

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        usual = threading.stack_size(1 << 46)
        try:
            super().process_request_thread(request, client_address)
        finally:
            threading.stack_size(usual)


async def test_a_request_that_nobody_would_end_in_time_is_not_begun() -> None:
    def page(path: str, accept: str) -> Any:
        raise AssertionError(path)

    await asyncio.to_thread(int)  # The executor has its thread before there is room for none.
    with socket.create_server(("127.0.0.1", 0)) as listening, capture_logs() as lines:
        server = Crowded(listening, page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            for _ in range(2 * MAX_AT_ONCE):
                with pytest.raises(httpx2.TransportError):
                    await asyncio.wait_for(get(f"http://127.0.0.1:{listening.getsockname()[1]}/docs"), 10)
        finally:
            await asyncio.to_thread(server.shutdown)
    assert [one["event"] for one in lines] == ["admin.failed"] * 2 * MAX_AT_ONCE
