"""Of a call that has been answered, however it ended, nothing waits for the collector: what came with the call would wait with it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from app.development.servers import Postgres, Valkey
from tests.faults.processes import paused
from tests.faults.raw import Peer, request
from tests.resting import UNREACHABLE
from tests.running_service import RunningService

TIMES = 5
"""Each kind comes so often; what is there once may be anybody's."""
SETTLES_S = 0.4
OURS = ("app.", "generated.", "builtins.frame", "builtins.traceback", "builtins.coroutine", "_asyncio.")
PATH = "/api/artists"
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("faults")]


class Scene:
    """Callers of a service whose collector rests."""

    def __init__(self, service: RunningService, client: httpx2.AsyncClient, postgres: Postgres, into: Path) -> None:
        self.service, self.postgres = service, postgres
        self._client, self._into = client, into
        self._tokens: dict[str | None, str] = {"nobody knows": "a.b.c"}
        self._socket: ClientConnection | None = None

    async def begin(self, socket: ClientConnection) -> None:
        self._tokens |= {user: await self.service.token(user) for user in ("editor", "reader")}
        self._socket = socket
        await self.ask("POST", json={"name": "taken"})
        await self.unreachable()

    async def ask(self, method: str, path: str = PATH, user: str | None = "editor", **given: Any) -> int:
        credential = {"authorization": f"Bearer {self._tokens[user]}"} if user else {}
        answer = await self._client.request(method, path, headers=credential | given.pop("headers", {}), **given)
        return answer.status_code

    async def say(self, **frame: Any) -> int:
        assert self._socket is not None
        await self._socket.send(json.dumps({"req_id": str(uuid.uuid4())} | frame))
        return int(json.loads(await self._socket.recv())["status_code"])

    async def alone(self, *frames: str, ticket: str = "") -> int:
        """On a socket of its own: the status of the last answer, 0 where it has none."""
        credential = {} if ticket else {"authorization": f"Bearer {self._tokens['editor']}"}
        heard: dict[str, Any] = {}
        async with connect(f"ws{self.service.url[4:]}/web{ticket}", additional_headers=credential) as socket:
            for frame in frames:
                await socket.send(frame)
                heard = json.loads(await socket.recv())
        return int(heard.get("status_code", 0))

    async def by_ticket(self) -> int:
        credential = {"authorization": f"Bearer {self._tokens['editor']}"}
        answer = await self._client.post("/auth/ws-ticket", headers=credential, json={})
        return await self.alone(SUBSCRIBE, ticket=f"?ticket={answer.json()['ticket']}")

    async def follow(self) -> int:
        """Over HTTP, until the first bytes have come."""
        credential = {"authorization": f"Bearer {self._tokens['editor']}"}
        async with self._client.stream("GET", "/events?topic=artists", headers=credential) as answer:
            await anext(answer.aiter_raw())
        return answer.status_code

    async def cancel(self) -> int:
        """A command that waits for PostgreSQL."""
        assert self._socket is not None
        key = str(uuid.uuid4())
        with paused(self.postgres):
            await self._socket.send(json.dumps({"pkg_id": 3, "req_id": key, "data": {"name": key}}))
            await asyncio.sleep(0.1)
            await self._socket.send(json.dumps({"type": "cancel", "req_id": key}))
            await asyncio.sleep(0.1)
        return await self.say(pkg_id=2, data={})

    async def wait(self) -> int:
        """For PostgreSQL, beyond the deadline; 503 is as good, where the node knows already that it is silent."""
        with paused(self.postgres):
            found = await self.ask("POST", json={"name": uuid.uuid4().hex}, headers={"request-timeout-ms": "100"})
        return 504 if found == 503 else found

    async def crowd(self) -> int:
        """More at once than may run or have a connection, while PostgreSQL is silent: whether some waited in vain."""
        with paused(self.postgres):
            deadline = {"request-timeout-ms": "2000"}
            asked = [self.ask("POST", json={"name": uuid.uuid4().hex}, headers=deadline) for _ in range(40)]
            found = await asyncio.gather(*asked)
        return 503 if 503 in found else found[0]

    async def leave(self) -> int:
        """Without an answer."""
        fields = (f"Authorization: Bearer {self._tokens['editor']}", "Content-Type: application/json")
        with paused(self.postgres):
            async with await Peer.open(self.service.port, request(f"POST {PATH}", *fields, body=b'{"name":"left"}')):
                await asyncio.sleep(0.1)
        return 0

    async def read_nothing(self) -> int:
        """Of 60 answers of a hundred kilobytes that were asked for at once."""
        async with await Peer.open(self.service.port, request("GET /openapi.json") * 60):
            await asyncio.sleep(0.3)
        return 0

    async def knock(self) -> int:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws{self.service.url[4:]}/web", additional_headers={"authorization": "Bearer a.b.c"})
        return refused.value.response.status_code

    async def unreachable(self) -> dict[str, int]:
        """What the collector alone would find, by type."""
        self._into.unlink(missing_ok=True)
        os.kill(self.service.process.pid, signal.SIGUSR1)
        async with asyncio.timeout(10):
            while not self._into.exists():
                await asyncio.sleep(0.02)
        return dict(json.loads(self._into.read_text()))


SUBSCRIBE = '{"type":"subscribe","topics":["artists"]}'
UNSUBSCRIBE = '{"type":"unsubscribe","topics":["artists"]}'
JSON = {"content-type": "application/json"}
KINDS: dict[str, tuple[Callable[[Scene], Awaitable[int]], int]] = {
    "read": (lambda scene: scene.ask("GET"), 200),
    "written": (lambda scene: scene.ask("POST", json={"name": uuid.uuid4().hex}), 201),
    "no credential": (lambda scene: scene.ask("GET", user=None), 401),
    "a bad credential": (lambda scene: scene.ask("GET", user="nobody knows"), 401),
    "a bad credential with a body": (lambda scene: scene.ask("POST", user="nobody knows", content=b"x" * 65_536), 401),
    "no role": (lambda scene: scene.ask("POST", user="reader", json={"name": "x"}), 403),
    "not found": (lambda scene: scene.ask("GET", f"{PATH}/999999"), 404),
    "no path": (lambda scene: scene.ask("GET", "/nothing"), 404),
    "no method": (lambda scene: scene.ask("PATCH"), 405),
    "taken": (lambda scene: scene.ask("POST", json={"name": "taken"}), 409),
    "another version": (lambda scene: scene.ask("PUT", f"{PATH}/1", json={"name": "x"}, headers={"if-match": '"9"'}), 412),
    "too large": (lambda scene: scene.ask("POST", content=b"x" * 2_000_000, headers=JSON), 413),
    "no such media type": (lambda scene: scene.ask("POST", content=b"x", headers={"content-type": "text/plain"}), 415),
    "does not fit": (lambda scene: scene.ask("POST", json={"name": ""}), 422),
    "malformed": (lambda scene: scene.ask("POST", content=b"{", headers=JSON), 400),
    "late": (lambda scene: scene.wait(), 504),
    "too many": (lambda scene: scene.crowd(), 503),
    "left": (lambda scene: scene.leave(), 0),
    "not read": (lambda scene: scene.read_nothing(), 0),
    "a wrong password": (lambda scene: scene.ask("POST", "/auth/login", None, json={"username": "reader", "password": "no"}), 401),
    "a bad refresh": (lambda scene: scene.ask("POST", "/auth/refresh", None, json={"refresh_token": "no"}), 401),
    "a handshake refused": (lambda scene: scene.knock(), 401),
    "said": (lambda scene: scene.say(pkg_id=2, data={}), 0),
    "said what does not fit": (lambda scene: scene.say(pkg_id=3, data={"name": ""}), 2),
    "said what is taken": (lambda scene: scene.say(pkg_id=3, data={"name": "taken"}), 6),
    "said what is not known": (lambda scene: scene.say(pkg_id=999, data={}), 5),
    "followed": (lambda scene: scene.alone(SUBSCRIBE, UNSUBSCRIBE), 0),
    "followed over HTTP": (lambda scene: scene.follow(), 200),
    "followed by a ticket": (lambda scene: scene.by_ticket(), 0),
    "followed what there is not": (lambda scene: scene.alone(SUBSCRIBE.replace("artists", "no")), 2),
    "said what cannot be read": (lambda scene: scene.alone("{", "[]"), 2),
    "refreshed badly": (lambda scene: scene.alone('{"type":"auth","token":"Bearer a.b.c"}'), 4),
    "cancelled": (lambda scene: scene.cancel(), 0),
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="session")
async def scene(frail_postgres: Postgres, frail_valkey: Valkey, servers_folder: Path) -> AsyncIterator[Scene]:
    into = servers_folder / "unreachable.json"
    settings: dict[str, Any] = {UNREACHABLE: str(into)}
    service = RunningService(
        servers_folder / "resting", frail_postgres.url, frail_valkey.url, module="tests.resting", **settings
    )
    with service:
        async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=20) as client:
            found = Scene(service, client, frail_postgres, into)
            credential = {"authorization": f"Bearer {await service.token('editor')}"}
            async with connect(f"ws{service.url[4:]}/web", additional_headers=credential) as socket:
                await found.begin(socket)
                yield found


@pytest.mark.survives("L05", "D22")
async def test_of_a_call_that_was_answered_nothing_waits_for_the_collector(scene: Scene) -> None:
    """L05 (D22): calls of every kind come at both doors, are answered, refused, cancelled, left or too late, while the collector rests. Nothing
    of them is left: what was sent with a refused call would stay until the collector has gone through all, and a stranger says how much that is."""
    found = {}
    for name, (call, status) in KINDS.items():
        assert [await call(scene) for _ in range(TIMES)] == [status] * TIMES, name
        await asyncio.sleep(SETTLES_S)
        left = {
            kind: count
            for kind, count in (await scene.unreachable()).items()
            if count >= TIMES and kind.startswith(OURS)
        }
        if left:
            found[name] = left
    assert found == {}
