"""A session that ends is over on every node, whatever Redis does in that moment."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect

from app.development.servers import Valkey
from generated.errors import CloseCode
from tests.faults.processes import paused
from tests.running_service import RunningService

pytestmark = pytest.mark.xdist_group("pair")

READER = {"username": "reader", "password": "reader"}
WITHIN_S = 5.0
Pair = tuple[RunningService, RunningService]


async def post(node: RunningService, operation: str, body: dict[str, str]) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=node.url, trust_env=False, timeout=30) as client:
        return await client.post(f"/auth/{operation}", json=body)


async def status(node: RunningService, token: str) -> int:
    async with httpx2.AsyncClient(base_url=node.url, trust_env=False, timeout=30) as client:
        return (await client.get("/api/artists/1", headers={"authorization": f"Bearer {token}"})).status_code


async def refreshed(node: RunningService, given: dict[str, str]) -> httpx2.Response:
    """Redis has no say in it."""
    return (await post(node, "refresh", {"refresh_token": given["refresh_token"]})).raise_for_status()


async def sockets(nodes: Pair, token: str) -> list[ClientConnection]:
    """Five, on both nodes."""
    headers = {"authorization": f"Bearer {token}"}
    urls = [f"{node.url.replace('http', 'ws', 1)}/web" for node in nodes] * 3
    return [await connect(url, additional_headers=headers, proxy=None) for url in urls[:5]]


@pytest.mark.survives("A12", "F02")
async def test_a12_a_logout_holds_on_every_node_while_redis_is_silent(pair: Pair, pair_valkey: Valkey) -> None:
    """A12, F02 (D7): a session with five sockets on two nodes is logged out while Redis answers nobody: within 5 s its token is 401 on both
    and its sockets are closed with 4504; the user's other session and its sockets go on. A node that starts afterwards knows it, too."""
    ended, other = [(await post(pair[0], "login", READER)).json() for _ in range(2)]
    closing, staying = [await sockets(pair, given["access_token"]) for given in (ended, other)]
    with paused(pair_valkey):
        answer = await post(pair[0], "logout", {"refresh_token": ended["refresh_token"]})
        assert answer.status_code == 204
        other |= (await refreshed(pair[1], other)).json()
        async with asyncio.timeout(WITHIN_S):
            for socket in closing:
                await socket.wait_closed()
            assert [await status(node, ended["access_token"]) for node in pair] == [401, 401]
    assert {socket.close_code for socket in closing} == {CloseCode.REVOKED}
    assert {socket.close_code for socket in staying} == {None}
    assert {await status(node, other["access_token"]) for node in pair} <= {200, 404}
    await asyncio.to_thread(pair[1].process.kill)
    await asyncio.to_thread(pair[1].process.start)
    assert await status(pair[1], ended["access_token"]) == 401
    for socket in staying:
        await socket.close()
