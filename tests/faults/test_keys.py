"""One key, one effect: whichever node is asked, by which door, and over how many connections."""

from __future__ import annotations

import asyncio
import json
import uuid

import asyncpg
import httpx2
import pytest
from websockets.asyncio.client import connect

from tests.doors import PKG_IDS
from tests.running_service import RunningService

pytestmark = pytest.mark.xdist_group("pair")

CALLS = 50
REFUSED = {(409, "request_in_progress"), (503, "unavailable")}
"""While the first call runs; and what is more than one caller may have under way."""
Pair = tuple[RunningService, RunningService]


async def counted(node: RunningService, name: str) -> tuple[int, int]:
    """How many artists have the name, and how many rows of success tell of them."""
    connection = await asyncpg.connect(node.environment["DATABASE_URL"].replace("+asyncpg", ""))
    rows = await connection.fetch(
        "SELECT a.id, count(l.id) AS audited FROM artist a LEFT JOIN audit_log l ON l.object_id = a.id::text"
        " AND l.action = 'create_artist' AND l.outcome = 'success' WHERE a.name = $1 GROUP BY a.id",
        name,
    )
    await connection.close()
    return len(rows), sum(row["audited"] for row in rows)


@pytest.mark.survives("C09")
async def test_c09_of_many_calls_with_one_key_at_two_nodes_one_has_an_effect(pair: Pair) -> None:
    """C09 (D4): 50 calls with one key and one body at once, at two nodes: one effect with one audit row, and each call is answered with
    the stored answer, byte for byte, or 409. Another body is 422, another user's key is another key, a key of 300 characters is 400."""
    key, name = str(uuid.uuid4()), f"Once {uuid.uuid4().hex}"
    tokens = {user: await pair[0].token(user) for user in ("editor", "admin")}

    async def post(node: RunningService, user: str = "editor", **changes: str) -> httpx2.Response:
        asked = {"key": key, "name": name} | changes
        headers = {"authorization": f"Bearer {tokens[user]}", "idempotency-key": asked["key"]}
        return await client.post(f"{node.url}/api/artists", json={"name": asked["name"]}, headers=headers)

    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        answers = await asyncio.gather(*(post(pair[number % 2]) for number in range(CALLS)))
        done = [one for one in answers if one.status_code == 201]
        assert {(one.status_code, one.json()["code"]) for one in answers if one not in done} <= REFUSED
        replays = [await post(node) for node in pair]
        assert {one.status_code for one in replays} == {201}
        assert len({one.content for one in [*done, *replays]}) == 1
        assert [one.headers.get("idempotent-replayed") for one in done].count(None) == 1
        assert [one.headers.get("idempotent-replayed") for one in replays] == ["true", "true"]
        other = await post(pair[1], name=f"{name} too")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        elsewhere = await post(pair[1], user="admin", name=f"{name} of another")
        assert (elsewhere.status_code, "idempotent-replayed" in elsewhere.headers) == (201, False)
        long = await post(pair[0], key="k" * 300)
        assert (long.status_code, long.json()["code"]) == (400, "malformed")
    assert await counted(pair[0], name) == (1, 1)


@pytest.mark.survives("C11")
async def test_c11_a_frame_that_is_sent_again_after_reconnecting_has_one_effect(pair: Pair) -> None:
    """C11 (D4): a command is sent in a frame, and the same frame three times more over new connections, at the other node first: one effect
    with one audit row, and the same reply."""
    name = f"Again {uuid.uuid4().hex}"
    frame = json.dumps({"pkg_id": PKG_IDS["create_artist"], "req_id": str(uuid.uuid4()), "data": {"name": name}})
    headers = {"authorization": f"Bearer {await pair[0].token('editor')}"}
    replies = []
    for node in (*pair, pair[1], pair[0]):
        url = f"{node.url.replace('http', 'ws', 1)}/web"
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            await socket.send(frame)
            replies.append(await asyncio.wait_for(socket.recv(), 20))
    assert json.loads(replies[0])["status_code"] == 0
    assert replies == [replies[0]] * 4
    assert await counted(pair[0], name) == (1, 1)
