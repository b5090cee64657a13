"""What the service does while Redis is silent, slow, away or empty: limits by the node's share, and nobody waits for it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from websockets.asyncio.client import ClientConnection, connect

from app.development.servers import Postgres, Valkey, embedded_valkey, free_port
from generated.operations import BUCKETS
from tests.faults.proxy import Mode, Proxy
from tests.running_service import RunningService

SHORT_S, LONG_S = 3.0, 30.0
FIRST_S = 1.0
NOTICED_S, AFTERWARDS_S = 0.25, 0.005
MACHINE_S = 0.15
"""What a shared machine may add to one request."""
RECOVERY_S = 10.0


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with embedded_valkey(tmp_path_factory.mktemp("store")) as server:
        yield server


@pytest.fixture(scope="module")
def behind_link(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, int]]:
    """A service whose Redis is at the end of a link that is not there yet, and the link's port."""
    port = free_port()
    folder = tmp_path_factory.mktemp("behind")
    with RunningService(folder, postgres.url, f"redis://127.0.0.1:{port}/0") as running:
        yield running, port


@pytest.fixture
async def scene(behind_link: tuple[RunningService, int], store: Valkey) -> AsyncIterator[Scene]:
    service, port = behind_link
    async with (
        Proxy(store.port, port=port) as link,
        httpx2.AsyncClient(base_url=service.url, trust_env=False) as client,
    ):
        found = Scene(service, store, link, client)
        await found.recover()
        await service.token("reader")  # Nobody can log in while Redis is away.
        yield found


@dataclass
class Scene:
    service: RunningService
    store: Valkey
    link: Proxy
    client: httpx2.AsyncClient
    statuses: set[int] = field(default_factory=set)

    async def read(self) -> float:
        """How long one request of a `local` bucket takes."""
        headers = {"authorization": f"Bearer {await self.service.token('reader')}"}
        started = time.perf_counter()
        answer = await self.client.get("/api/artists/1", headers=headers)
        self.statuses.add(answer.status_code)
        return time.perf_counter() - started

    async def reads(self, seconds: float) -> list[float]:
        found, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            found.append(await self.read())
            await asyncio.sleep(0.01)
        return found

    async def login(self) -> httpx2.Response:
        """A request of the `closed` bucket."""
        return await self.client.post("/auth/login", json={"username": "reader", "password": "reader"})

    async def recover(self) -> None:
        async with asyncio.timeout(RECOVERY_S):
            while (await self.login()).status_code != 200:
                await asyncio.sleep(0.1)

    async def breaker_state(self) -> float:
        answer = await self.client.get("/metrics")
        families = text_string_to_metric_families(answer.text)
        samples = [sample for family in families if family.name == "stele_breaker_state" for sample in family.samples]
        return next(sample.value for sample in samples if sample.labels == {"name": "redis"})

    def process(self, number: signal.Signals) -> None:
        os.kill(self.store.pid, number)


async def stop_process(scene: Scene) -> None:
    scene.process(signal.SIGSTOP)


async def continue_process(scene: Scene) -> None:
    scene.process(signal.SIGCONT)


async def black_hole(scene: Scene) -> None:
    await scene.link.switch(Mode.SILENT)


async def refuse(scene: Scene) -> None:
    await scene.link.switch(Mode.REFUSED)


async def slow_down(scene: Scene) -> None:
    scene.link.latency_s = 5.0


async def mend(scene: Scene) -> None:
    scene.link.latency_s = 0.0
    await scene.link.switch(Mode.FORWARD)


async def accept(scene: Scene) -> None:
    await scene.link.switch(Mode.FORWARD)


Act = Callable[[Scene], Awaitable[None]]
FAULTS: dict[str, tuple[Act, Act]] = {
    "stopped": (stop_process, continue_process),
    "black hole": (black_hole, mend),
    "refused": (refuse, accept),
    "5 s of latency": (slow_down, mend),
}


async def asked(socket: ClientConnection) -> str:
    request_id = str(uuid.uuid4())
    await socket.send(f'{{"pkg_id": 1, "req_id": "{request_id}", "data": {{}}}}')
    while request_id not in (answer := str(await asyncio.wait_for(socket.recv(), 5))):
        pass
    return answer


@pytest.mark.survives("F01")
@pytest.mark.parametrize("seconds", [SHORT_S, pytest.param(LONG_S, marks=pytest.mark.long)])
@pytest.mark.parametrize(("begin", "end"), FAULTS.values(), ids=FAULTS)
async def test_f01_without_redis_requests_are_answered_as_fast_as_ever(
    begin: Act, end: Act, seconds: float, scene: Scene
) -> None:
    """F01 (D18, D19, D20): Redis is stopped, swallowed by the network, refused, or answers after 5 s. Requests of `local` limits
    go on, 0.25 s later in the first second and not noticeably later afterwards; `closed` ones are 503 with Retry-After; sockets
    stay; when Redis is back all is as before."""
    url = scene.service.url.replace("http", "ws") + "/web"
    headers = {"authorization": f"Bearer {await scene.service.token('reader')}"}
    async with connect(url, additional_headers=headers) as socket:
        before = await scene.reads(1.0)
        await begin(scene)
        try:
            first = await scene.reads(FIRST_S)
            later = await scene.reads(seconds)
            refused = await scene.login()
            state = await scene.breaker_state()
            assert "status_code" in await asked(socket)
        finally:
            await end(scene)
        await scene.recover()
        await scene.read()
        assert "status_code" in await asked(socket)
    assert scene.statuses <= {200, 404}
    assert max(first) <= max(before) + NOTICED_S + MACHINE_S
    assert quantiles(later, n=2)[0] <= quantiles(before, n=2)[0] + AFTERWARDS_S
    assert quantiles(later, n=10)[-1] <= quantiles(before, n=10)[-1] + NOTICED_S / 2
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert state in (1, 2)
    assert await scene.breaker_state() == 0
    assert not [word for word in ("Traceback", "never retrieved", "never awaited") if word in scene.service.log()]


@pytest.mark.survives("F02")
async def test_f02_the_limits_begin_anew_where_redis_has_lost_its_data(scene: Scene) -> None:
    """F02 (D20): FLUSHALL, forgotten scripts and a restart with empty data are no error to anybody: limits begin anew, and the
    nodes count each other again."""
    async with httpx2.AsyncClient(base_url=scene.service.url, trust_env=False) as client:
        scene.client = client
        await scene.reads(0.3)
        for command in ("FLUSHALL", "SCRIPT FLUSH"):
            await redis(scene.store, command)
            await scene.reads(0.3)
            assert (await scene.login()).status_code == 200
        scene.store.kill()
        shutil.rmtree(scene.store.folder / "appendonlydir")
        scene.store.start()
        await scene.recover()
        await scene.reads(0.3)
        async with asyncio.timeout(RECOVERY_S):
            while await redis(scene.store, "ZCARD stele:nodes") != b":1\r\n":
                await asyncio.sleep(0.1)
    assert scene.statuses <= {200, 404}


async def redis(server: Valkey, command: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(command.encode() + b"\r\n")
    answer = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return answer


@pytest.mark.survives("L02")
async def test_l02_two_nodes_without_redis_let_no_more_pass_than_one_limit(postgres: Postgres, tmp_path: Path) -> None:
    """L02 (D20): two nodes have counted each other when Redis goes away; each lets half of a user's limit pass and says so in
    its headers, so that both together let pass no more than before."""
    limit = BUCKETS["reads"].limit
    with (
        embedded_valkey(tmp_path / "store") as store,
        RunningService(tmp_path / "one", postgres.url, store.url, RATE_LIMIT_SCALE="1") as one,
        RunningService(
            tmp_path / "two", postgres.url, store.url, RATE_LIMIT_SCALE="1", KEYCLOAK_URL=one.issuer.url
        ) as two,
    ):
        token = await one.token("reader")
        async with asyncio.timeout(RECOVERY_S):
            while await redis(store, "ZCARD stele:nodes") != b":2\r\n":
                await asyncio.sleep(0.1)
        await asyncio.sleep(2.5)  # until both have counted once more
        store.kill()
        for node in (one, two):
            answers = await read_often(node.url, token, limit // 2 + 20)
            statuses = [answer.status_code for answer in answers]
            assert statuses.count(429) == 20
            assert {answer.headers["ratelimit-policy"] for answer in answers} == {f'"reads";q={limit // 2};w=60'}
            refused = next(answer for answer in answers if answer.status_code == 429)
            assert 1 <= int(refused.headers["retry-after"]) <= 60
            assert ";r=0;" in refused.headers["ratelimit"]


async def read_often(url: str, token: str, times: int) -> list[httpx2.Response]:
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        headers = {"authorization": f"Bearer {token}"}
        await client.get("/livez")
        return [await client.get("/api/artists/1", headers=headers) for _ in range(times)]


@pytest.mark.survives("F01")
async def test_a_node_that_begins_without_redis_serves_and_finds_it_later(scene: Scene) -> None:
    """F01 (D25): a node that starts while Redis is away is ready, counts by itself, and uses Redis as soon as it is there."""
    await scene.link.switch(Mode.REFUSED)
    await asyncio.to_thread(scene.service.process.stop)
    await asyncio.to_thread(scene.service.process.start)
    await scene.read()
    assert (await scene.login()).status_code == 503
    await scene.link.switch(Mode.FORWARD)
    await scene.recover()
    assert await scene.breaker_state() == 0
