"""Tokens end in open sockets: who is told a new one in time stays, who is not is refused and closed, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.development.launcher import Issuer
from app.development.servers import Postgres, Valkey
from generated.errors import CloseCode
from tests.issuers.stage import claims_of
from tests.running_service import RunningService

SHORT_S = 10
AHEAD_S = 5.0
CLOSED_S = 5.0
PATIENCE_S = 20.0
ANSWERED = (0, 5)
"""The artist, or that there is none."""
UNAUTHENTICATED = 4
AT_ONCE = 16
"""All sockets are one user's, of whose calls a node keeps no more than some dozens waiting (D22)."""


def dial(service: RunningService, token: str) -> Any:
    return connect(
        f"ws://127.0.0.1:{service.port}/web", additional_headers={"authorization": f"Bearer {token}"}, proxy=None
    )


async def ask(socket: ClientConnection, turn: asyncio.Semaphore) -> int:
    """The status of a reply; what is pushed before it is passed over."""
    async with turn, asyncio.timeout(PATIENCE_S):
        await socket.send(json.dumps({"pkg_id": 4, "req_id": str(uuid.uuid4()), "data": {"artist_id": 1}}))
        while "status_code" not in (said := json.loads(await socket.recv())):
            pass
    return int(said["status_code"])


class Purse:
    """Tokens of one session of the reader: a new one each second at most, since many ask at once."""

    def __init__(self, service: RunningService) -> None:
        self._url = f"{service.url}/auth"
        self._lock = asyncio.Lock()
        self._given: dict[str, Any] = {}
        self._since = 0.0

    async def fresh(self) -> str:
        async with self._lock:
            if time.monotonic() - self._since > 1.0:
                self._given, self._since = await self._ask(), time.monotonic()
            return str(self._given["access_token"])

    async def _ask(self) -> dict[str, Any]:
        path, body = "login", {"username": "reader", "password": "reader"}
        if self._given:
            path, body = "refresh", {"refresh_token": self._given["refresh_token"]}
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.post(f"{self._url}/{path}", json=body)
        answer.raise_for_status()
        return dict(answer.json())


async def let_it_end(service: RunningService, purse: Purse, turn: asyncio.Semaphore) -> list[str]:
    """What is wrong with how a socket ends whose token is not renewed."""
    wrong = list[str]()
    async with dial(service, token := await purse.fresh()) as socket:
        ends_at = float(claims_of(token)["exp"])
        async with asyncio.timeout(PATIENCE_S):
            said = json.loads(await socket.recv())
        if said["type"] != "auth.expiring" or ends_at - time.time() < AHEAD_S:
            wrong.append(f"{said} {ends_at - time.time():.2f} s before the end")
        await asyncio.sleep(ends_at + 0.3 - time.time())
        if (status := await ask(socket, turn)) != UNAUTHENTICATED:
            wrong.append(f"{status} after the end")
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    await socket.recv()
        except ConnectionClosed as end:
            code = end.rcvd.code if end.rcvd is not None else None
        late_s = time.time() - ends_at
    return wrong + [f"{code} {late_s:.2f} s after the end"] * (code != CloseCode.TOKEN_EXPIRED or late_s > CLOSED_S)


async def renew(service: RunningService, purse: Purse, turn: asyncio.Semaphore, until: float) -> list[str]:
    """Each time it is warned."""
    renewals, wrong = 0, list[str]()
    async with dial(service, await purse.fresh()) as socket:
        while (left_s := until - time.monotonic()) > 0:
            try:
                said = json.loads(await asyncio.wait_for(socket.recv(), left_s))
            except TimeoutError:
                break
            except ConnectionClosed as end:
                return [*wrong, f"{end} after {renewals} renewals"]
            kind = said.get("type")
            if kind == "auth.expiring":
                await socket.send(json.dumps({"type": "auth", "token": f"Bearer {await purse.fresh()}"}))
            elif kind != "auth_ok":
                wrong.append(str(said))
            renewals += kind == "auth_ok"
        status = await ask(socket, turn)
    return wrong + [f"{status} at the end"] * (status not in ANSWERED) + ["never renewed"] * (not renewals)


async def live(service: RunningService, token: str, turn: asyncio.Semaphore, until: float) -> list[str]:
    async with dial(service, token) as socket:
        await asyncio.sleep(until - time.monotonic())
        status = await ask(socket, turn)
    return [f"{status} at the end"] * (status not in ANSWERED)


@pytest.mark.survives("A10", "D9")
@pytest.mark.parametrize(
    ("sockets", "longer_s"), [(20, 24), pytest.param(200, 60, marks=[pytest.mark.long, pytest.mark.timeout(240)])]
)
async def test_a10_a_token_that_ends_closes_its_own_socket_and_no_other(
    postgres: Postgres, valkey: Valkey, tmp_path: Path, sockets: int, longer_s: int
) -> None:
    """A10 (D9): sockets have a token of 10 s, and as many of the same user one of a minute. Each of the first is warned 5 s before the end at
    least. Half of them are told a new token each time, and stay; the others are refused as unauthenticated after the end, and closed with
    token_expired within 5 s of it. The second ones live on."""
    tmp_path.chmod(0o755)
    longer = Issuer(tmp_path / "issuer", os.environ, "--access-s", str(longer_s + 10))
    shorter = Issuer(tmp_path / "issuer", os.environ, "--access-s", str(SHORT_S), port=longer.port)
    await asyncio.to_thread(longer.start)
    with RunningService(tmp_path / "service", postgres.url, valkey.url, issuer=longer) as service:
        token = await service.token("reader")
        await asyncio.to_thread(longer.stop)
        await asyncio.to_thread(shorter.start)
        purse, turn, until = Purse(service), asyncio.Semaphore(AT_ONCE), time.monotonic() + longer_s
        found = await asyncio.gather(
            *(let_it_end(service, purse, turn) for _ in range(sockets // 2)),
            *(renew(service, purse, turn, until) for _ in range(sockets // 2)),
            *(live(service, token, turn, until) for _ in range(sockets)),
        )
    await asyncio.to_thread(shorter.stop)
    assert [one for one in found if one] == []
