"""What sockets do to a running service, and it to them: floods, tickets, slow readers, refusals, those that never say who they are."""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from google.protobuf.wrappers_pb2 import Int32Value
from redis.asyncio import Redis
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from app.development.servers import Postgres, Valkey
from app.ws.envelope import ControlId
from generated.errors import CloseCode
from generated.proto import envelope_pb2
from tests.faults.raw_socket import RawSocket
from tests.running_service import RunningService

STRANGER, OTHER, THIRD = "127.0.0.2", "127.0.0.3", "127.0.0.4"
"""Loopback has many addresses: who misbehaves comes from another one than who does not."""
FOREVER_S = 3_000_000_000
OFFSET = re.compile(r'^.{1,120}"offset":([0-9]+)')
BUSY = 9
"""RSPCode of what a machine under load may answer."""


@pytest.fixture(scope="module")
def strict(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """As in production: no token in the query, limits as the contract has them."""
    folder, redis_url = servers_folder / "strict", valkey.url.replace("/0", "/5")
    with RunningService(folder, postgres.url, redis_url, RATE_LIMIT_SCALE="1", QUERY_TOKEN="false") as running:
        yield running


@pytest.fixture
async def opened() -> AsyncIterator[AsyncExitStack]:
    """What is opened here is closed at the end of the test."""
    async with AsyncExitStack() as stack:
        yield stack


async def ask(
    service: RunningService, method: str, path: str, token: str | None = None, **rest: Any
) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=20) as client:
        return await client.request(method, path, headers=headers | rest.pop("headers", {}), **rest)


async def ticket(service: RunningService, user: str = "reader", origin: str | None = None) -> str:
    headers = {"origin": origin} if origin else {}
    answer = await ask(service, "POST", "/auth/ws-ticket", await service.token(user), json={}, headers=headers)
    assert answer.status_code == 201
    return str(answer.json()["ticket"])


async def dial(
    service: RunningService,
    token: str | None = None,
    *,
    query: str = "",
    origin: str | None = None,
    offers: tuple[str, ...] = (),
    source: str = "127.0.0.1",
) -> ClientConnection:
    return await connect(
        f"ws://127.0.0.1:{service.port}/web{query}",
        additional_headers={"authorization": f"Bearer {token}"} if token else {},
        origin=Origin(origin) if origin else None,
        subprotocols=[Subprotocol(one) for one in offers] or None,
        local_addr=(source, 0),
        compression=None,
        proxy=None,
        max_size=None,
        open_timeout=20,
    )


async def status_of(service: RunningService, *args: Any, **rest: Any) -> int:
    """101, or that of the refusal."""
    try:
        socket = await dial(service, *args, **rest)
    except InvalidStatus as refused:
        return refused.response.status_code
    await socket.close()
    return 101


async def say(socket: ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))


async def hear(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), 20))


async def end_of(socket: ClientConnection, within_s: float = 20) -> int:
    async with asyncio.timeout(within_s):
        try:
            while True:
                await socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd is not None else 1006


def get(artist_id: int = 1, req_id: str | None = None) -> dict[str, Any]:
    return {"pkg_id": 4, "req_id": req_id or str(uuid.uuid4()), "data": {"artist_id": artist_id}}


async def audited(postgres: Postgres, **where: str) -> list[dict[str, Any]]:
    """The rows with these values, once there are any; the queue is written within a second."""
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    condition = " AND ".join(f"{name} = ${number}" for number, name in enumerate(where, 1))
    try:
        for _ in range(100):
            rows = await connection.fetch(f"SELECT * FROM audit_log WHERE {condition} ORDER BY id", *where.values())
            if rows:
                return [dict(row) for row in rows]
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    return []


# Tickets


@pytest.mark.survives("A13", "D8")
async def test_a_ticket_opens_a_socket_for_the_page_that_asked_and_for_no_other(service: RunningService) -> None:
    """A13 (D8): a ticket is asked for with and without an Origin; it opens a socket only with the same one."""
    page = service.url
    for asked, used, status in ((page, page, 101), (None, None, 101), (page, None, 401), (None, page, 401)):
        value = await ticket(service, origin=asked)
        assert await status_of(service, query=f"?ticket={value}", origin=used) == status
        assert await status_of(service, query=f"?ticket={value}", origin=asked) == 401


@pytest.mark.survives("A13")
async def test_of_two_sockets_with_one_ticket_exactly_one_opens(service: RunningService) -> None:
    """A13 (D8): 100 tickets are each used twice at once; of each pair one socket opens and one is refused with 401."""
    for _ in range(10):
        tickets = [await ticket(service) for _ in range(10)]
        statuses = await asyncio.gather(*(status_of(service, query=f"?ticket={one}") for one in tickets * 2))
        assert [sorted(pair) for pair in zip(statuses[:10], statuses[10:], strict=True)] == [[101, 401]] * 10


@pytest.mark.survives("A13")
@pytest.mark.parametrize(
    "waits_s", [pytest.param(0.0, id="known"), pytest.param(31.0, id="31s", marks=pytest.mark.long)]
)
async def test_a_ticket_is_good_for_30_seconds(service: RunningService, valkey: Valkey, waits_s: float) -> None:
    """A13 (D8): a ticket lives for at most 30 s in the store, and one that is 31 s old is refused with 401."""
    value = await ticket(service)
    redis = Redis.from_url(valkey.url)
    lives_ms = [await redis.pttl(key) async for key in redis.scan_iter("stele:ticket:*")]
    await redis.aclose()
    assert lives_ms
    assert all(0 < left_ms <= 30_000 for left_ms in lives_ms)
    if waits_s:
        await asyncio.sleep(waits_s)
        assert await status_of(service, query=f"?ticket={value}") == 401


@pytest.mark.survives("A13")
@pytest.mark.parametrize("name", ["access_token", "Authorization"])
async def test_a_token_in_the_query_is_refused_and_stands_nowhere(
    strict: RunningService, postgres: Postgres, name: str
) -> None:
    """A13 (D8, D28): a good token in the query is refused with 401 as in production; no log and no audit row has it."""
    token = await strict.token("reader")
    text = token if name == "access_token" else f"Bearer%20{token}"
    assert await status_of(strict, query=f"?{name}={text}") == 401
    (row, *_) = await audited(postgres, action="ws.handshake", ip="127.0.0.1", code="unauthenticated")
    assert (row["outcome"], row["door"]) == ("denied", "websocket")
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    found = await connection.fetchval("SELECT count(*) FROM audit_log a WHERE a::text LIKE $1", f"%{token[:40]}%")
    await connection.close()
    assert found == 0
    assert token[:40] not in strict.log()
    assert "query_token" in strict.log()


# Floods

FLOODS: dict[str, dict[str, Any]] = {
    "unsubscribe": {"type": "unsubscribe", "topics": [""]},
    "subscribe": {"type": "subscribe", "topics": ["artists"]},
    "refresh": {"type": "auth", "token": "Bearer garbage"},
    "cancel": {"type": "cancel", "req_id": "0b0b0b0b-1111-4222-8333-444444444444"},
    "request": {"pkg_id": 4, "req_id": "0b0b0b0b-1111-4222-8333-444444444444", "data": {"artist_id": 1}},
}


@pytest.mark.survives("D22")
@pytest.mark.parametrize("kind", FLOODS)
async def test_a_socket_that_floods_starves_nobody(service: RunningService, kind: str) -> None:
    """Fault 7 (D14, D22): one user without roles sends frames that run nothing as fast as they are taken; the health probe answers
    within 100 ms in the median, a request of somebody else is answered too, and the flood is read no faster than its budget.
    """
    token = await service.token("nobody")
    arguments = [str(service.port), token, "3", json.dumps(FLOODS[kind])]
    flooding = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.flood", *arguments, stdout=asyncio.subprocess.PIPE
    )
    honest = await dial(service, await service.token("reader"))
    await asyncio.sleep(0.7)
    times: list[float] = []
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=20) as client:
        while flooding.returncode is None and len(times) < 100:
            started = time.monotonic()
            assert (await client.get("/livez")).status_code == 204
            times.append(time.monotonic() - started)
            await say(honest, **get())
            await hear(honest)
            await asyncio.sleep(0.02)
    await honest.close()
    taken, _ = await asyncio.wait_for(flooding.communicate(), 20)
    assert len(times) >= 5
    assert statistics.median(times) <= 0.1
    assert int(taken) > 0


@pytest.mark.survives("D22")
async def test_a_socket_beyond_its_budget_is_held_back_and_not_closed(service: RunningService) -> None:
    """Fault 7: 200 frames that run nothing, of which 100 are answered at once and the rest at 20/s; then requests run as ever."""
    socket = await dial(service, await service.token("reader"))
    started = time.monotonic()
    for _ in range(200):
        await say(socket, type="unsubscribe", topics=[""])
    for _ in range(200):
        assert (await hear(socket))["type"] == "unsubscribed"
    assert 4 <= time.monotonic() - started <= 15
    await say(socket, **get())
    assert (await hear(socket))["status_code"] in (0, 5)
    await socket.close()


# Refreshes


@pytest.mark.survives("D9")
async def test_a_bad_refresh_is_answered_audited_and_limited_and_the_socket_lives_on(
    service: RunningService, postgres: Postgres
) -> None:
    """Fault 15: an in-band refresh with garbage, and with another user's good token, is answered UNAUTHENTICATED."""
    socket = await dial(service, await service.token("reader"), source=OTHER)
    for token in ("garbage", await service.token("editor")):
        await say(socket, type="auth", token=f"Bearer {token}")
        refusal = await hear(socket)
        assert (refusal["status_code"], refusal["data"]["code"]) == (4, "unauthenticated")
    await say(socket, **get())
    assert (await hear(socket))["status_code"] in (0, 5)
    await say(socket, type="auth", token=f"Bearer {await service.token('reader')}")
    assert (await hear(socket))["type"] == "auth_ok"
    await socket.close()
    rows = await audited(postgres, action="ws.refresh", ip=OTHER)
    assert {(row["code"], row["outcome"], row["username"]) for row in rows} == {("unauthenticated", "denied", "reader")}


@pytest.mark.survives("D9")
async def test_a_token_that_lasts_for_a_century_is_refreshed_over_protobuf(
    postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> None:
    """Fault 15: an `exp` beyond 2³¹ s from now is answered with the largest int32, and nothing is raised."""
    tmp_path.chmod(0o755)
    with RunningService(tmp_path / "forever", postgres.url, valkey.url, access_s=FOREVER_S) as service:
        token = await service.token("reader")
        socket = await dial(service, token, offers=("stele.v1.protobuf",))
        request = envelope_pb2.Request(pkg_id=ControlId.AUTH, req_id=str(uuid.uuid4()), data=f"Bearer {token}".encode())
        await socket.send(request.SerializeToString())
        response = envelope_pb2.Response.FromString(bytes(await asyncio.wait_for(socket.recv(decode=False), 10)))
        assert Int32Value.FromString(response.data).value == 2**31 - 1
        await socket.close()
        assert "Traceback" not in service.log()


@pytest.mark.survives("D9")
async def test_a_socket_whose_token_has_ended_is_refused_as_expired_until_it_is_closed(
    postgres: Postgres, valkey: Valkey, tmp_path: Path
) -> None:
    """In the two seconds between `exp` and the close a request and a subscription are answered UNAUTHENTICATED; their audit
    rows say that the token had expired, not that there was none."""
    tmp_path.chmod(0o755)
    with RunningService(tmp_path / "short", postgres.url, valkey.url, access_s=3) as service:
        socket = await dial(service, await service.token("reader"), source=THIRD)
        assert (await hear(socket))["type"] == "auth.expiring"
        await asyncio.sleep(3.2)
        for frame in (get(), {"type": "subscribe", "topics": ["artists"]}):
            await say(socket, **frame)
            refusal = await hear(socket)
            assert (refusal["status_code"], refusal["data"]["code"]) == (4, "unauthenticated")
        assert await end_of(socket) == CloseCode.TOKEN_EXPIRED
        for action in ("get_artist", "ws.subscribe"):
            rows = await audited(postgres, action=action, ip=THIRD)
            assert [(row["code"], row["outcome"], row["reason"]) for row in rows] == [
                ("unauthenticated", "denied", "expired")
            ]


# Readers


@pytest.fixture
async def big_page(postgres: Postgres) -> AsyncIterator[dict[str, str]]:
    """The search for 1,000 artists of 2 KB, whoever else is in the table: `get_artists` answers it with 2 MB."""
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    prefix = uuid.uuid4().hex
    await connection.execute(
        "INSERT INTO artist(name, bio) SELECT $1 || g, repeat('b', 1990) FROM generate_series(1, 1000) g", prefix
    )
    await connection.close()
    yield {"search_term": prefix}
    await forget_artists(postgres, prefix)


async def forget_artists(postgres: Postgres, prefix: str) -> None:
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    await connection.execute("DELETE FROM artist WHERE name LIKE $1", f"{prefix}%")
    await connection.close()


@pytest.mark.survives("D17")
@pytest.mark.parametrize(
    ("replies", "bytes_per_s"),
    [(8, 6e6), pytest.param(32, 1e6, marks=pytest.mark.long), pytest.param(6, 4e5, marks=pytest.mark.long)],
)
@pytest.mark.timeout(300)
async def test_a_client_that_reads_steadily_gets_every_reply(
    service: RunningService, big_page: dict[str, str], replies: int, bytes_per_s: float
) -> None:
    """Fault 13 (D13, D17): many replies of 2 MB are in flight to a client that reads slowly but steadily; all of them arrive."""
    line = await RawSocket.open(service.port, await service.token("reader"))
    for _ in range(replies):
        line.say(pkg_id=1, req_id=str(uuid.uuid4()), data=big_page)
    await line.read(bytes_per_s, until=replies)
    line.leave()
    assert (line.count, line.close_code) == (replies, None)
    assert line.bytes_read > replies * 1_900_000


@pytest.mark.long
@pytest.mark.survives("W12")
async def test_a_client_that_reads_nothing_is_freed_within_45_seconds(
    service: RunningService, big_page: dict[str, str]
) -> None:
    """W12 (D13): a peer takes none of 64 MB of replies and sends nothing; its socket is freed within 45 s, counted once."""
    await service.has_no_sockets()
    line = await RawSocket.open(service.port, await service.token("reader"))
    for _ in range(32):
        line.say(pkg_id=1, req_id=str(uuid.uuid4()), data=big_page)
    async with asyncio.timeout(20):
        while not await service.sockets():
            await asyncio.sleep(0.05)
    started = time.monotonic()
    async with asyncio.timeout(60):
        while await service.sockets():
            await asyncio.sleep(0.5)
    line.leave()
    assert 8 <= time.monotonic() - started <= 45


@pytest.mark.survives("W12")
async def test_sockets_that_vanish_in_any_state_are_counted_out_once(service: RunningService) -> None:
    """W12 (D9): 60 peers vanish without a word while they wait, subscribe, flood, or have requests in flight; the gauge returns."""
    token = await service.token("reader")
    await service.has_no_sockets()
    lines = [await RawSocket.open(service.port, token) for _ in range(60)]
    for number, line in enumerate(lines):
        for _ in range(0 if number % 4 == 0 else 300):
            frame = (get(), FLOODS["cancel"], FLOODS["subscribe"])[number % 3]
            line.say(**frame)
    await asyncio.sleep(0.2)
    assert await service.sockets() == 60
    for line in lines:
        line.leave()
    async with asyncio.timeout(15):
        while await service.sockets():
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    assert await service.sockets() == 0


# The protocol's rules


@pytest.mark.survives("W03")
async def test_frames_that_cannot_be_read_are_answered_and_the_eleventh_closes(
    service: RunningService, postgres: Postgres
) -> None:
    """W03 (D15): ten frames, each bad in its own way, are answered with the ids that can be read; the socket serves on; the
    eleventh closes it as protocol_abuse, with an audit row.
    """
    socket = await dial(service, await service.token("reader"), source=STRANGER)
    bad = [("{", 2), ("[1]", 2), ("5", 2), ("null", 2), ("", 2), ('{"pkg_id":4,"data":{}}', 2)]
    bad += [('{"pkg_id":4,"req_id":"7","data":{}}', 2), (json.dumps(get() | {"pkg_id": 999}), 5)]
    bad += [(json.dumps(get() | {"more": 1}), 2), (json.dumps(get() | {"pkg_id": "x"}), 2)]
    for text, status_code in bad:
        await socket.send(text)
        answer = await hear(socket)
        assert answer["status_code"] == status_code
        assert answer["req_id"] == (json.loads(text)["req_id"] if text.count("-") == 4 else None)
    await say(socket, **get())
    assert (await hear(socket))["status_code"] in (0, 5)
    await socket.send("[1]")
    assert await end_of(socket) == 4505
    (row, *_) = await audited(postgres, action="ws.close", ip=STRANGER)
    assert (row["code"], row["username"], row["door"]) == ("protocol_abuse", "reader", "websocket")


@pytest.mark.survives("W09")
async def test_sockets_that_say_nothing_keep_nobody_out(strict: RunningService) -> None:
    """W09 (D8, D22): 300 sockets of one address ask to authenticate in their first frame and do not; at most 20 wait, the rest
    is refused with 429 or 503, all are closed within 5 s, and 50 others come in meanwhile.
    """
    token = await strict.token("reader")

    async def loiter() -> tuple[int, float]:
        started = time.monotonic()
        try:
            socket = await dial(strict, query="?auth=frame", source=STRANGER)
        except InvalidStatus as refused:
            return refused.response.status_code, time.monotonic() - started
        started = time.monotonic()
        return await end_of(socket), time.monotonic() - started

    async def come() -> float:
        started = time.monotonic()
        socket = await dial(strict, token, source=OTHER)
        took = time.monotonic() - started
        await socket.close()
        return took

    loitering = [asyncio.create_task(loiter()) for _ in range(300)]
    await asyncio.sleep(0.5)
    waited = [await come() for _ in range(50)]
    ends = await asyncio.gather(*loitering)
    statuses = [status for status, _ in ends]
    assert set(statuses) <= {4408, 429, 503}
    assert statuses.count(4408) <= 20
    assert max(took for status, took in ends if status == 4408) <= 7
    assert max(waited) <= 3


@pytest.mark.survives("W13")
async def test_a_hundred_requests_at_once_get_a_hundred_replies(service: RunningService) -> None:
    """W13 (D14): 100 requests are sent without waiting; each req_id is answered once."""
    socket = await dial(service, await service.token("reader"))
    ids = [str(uuid.uuid4()) for _ in range(100)]
    for req_id in ids:
        await say(socket, **get(req_id=req_id))
    assert sorted([(await hear(socket))["req_id"] for _ in ids]) == sorted(ids)
    await socket.close()


@pytest.mark.survives("W13")
async def test_a_req_id_in_flight_is_a_conflict(service: RunningService, postgres: Postgres) -> None:
    """W13 (D14): a request waits for a lock while its req_id comes again: the second is a conflict, later it is free again."""
    socket = await dial(service, await service.token("reader"))
    connection = await asyncpg.connect(postgres.url.replace("+asyncpg", ""))
    frame = get()
    async with connection.transaction():
        await connection.execute("LOCK TABLE artist IN ACCESS EXCLUSIVE MODE")
        await say(socket, **frame)
        await say(socket, **frame)
        first = await hear(socket)
        assert (first["status_code"], first["data"]["code"]) == (6, "request_in_progress")
    await connection.close()
    assert (await hear(socket))["req_id"] == frame["req_id"]
    await say(socket, **frame)
    assert (await hear(socket))["status_code"] in (0, 5)
    await socket.close()


@pytest.mark.survives("W14")
async def test_the_format_is_the_first_known_subprotocol(service: RunningService) -> None:
    """W14 (D8): every kind of offer; ours are chosen in our order, the bearer's is never echoed, unknown ones are 400."""
    token = await service.token("reader")
    chosen_of: dict[tuple[str, ...], str | None] = {
        (): None,
        ("stele.v1.protobuf", "stele.v1.json"): "stele.v1.json",
        ("stele.v1.protobuf",): "stele.v1.protobuf",
        ("other", "stele.v1.json"): "stele.v1.json",
        ("stele.v1.protobuf.batch", "stele.v1.protobuf"): "stele.v1.protobuf.batch",
    }
    for offers, chosen in chosen_of.items():
        socket = await dial(service, token, offers=offers)
        assert socket.subprotocol == chosen
        await socket.close()
    for unknown in (("other",), ("bearer.A",), tuple(f"p{number}" for number in range(20))):
        assert await status_of(service, token, offers=unknown) == 400
    bearer = "bearer." + urlsafe_b64encode(token.encode()).decode().rstrip("=")
    for offered, chosen in (((bearer,), None), ((bearer, "stele.v1.protobuf"), "stele.v1.protobuf")):
        socket = await dial(service, offers=offered)
        assert socket.subprotocol == chosen
        await socket.close()


@pytest.mark.survives("M05")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("others", [5, pytest.param(499, marks=pytest.mark.long)])
async def test_a_subscriber_that_stops_reading_is_closed_and_the_others_miss_nothing(
    service: RunningService, postgres: Postgres, opened: AsyncExitStack, others: int
) -> None:
    """M05 (D17): one of many subscribers stops reading while 6 MB of events are published; it is closed as slow_consumer once
    1 MiB waits for it beyond what the system buffers, and learns that when it reads again; the others get every event in order.
    It reads again when they have all: events come after the answers of their writes, and who reads as they come is not slow.
    """
    token = await service.token("reader")
    readers = [await dial(service, token) for _ in range(others)]
    for reader in readers:
        opened.push_async_callback(reader.close)
        await say(reader, type="subscribe", topics=["artists"])
        await hear(reader)
    offsets: list[list[int]] = [[] for _ in readers]

    async def listen(number: int) -> None:
        async for text in readers[number]:
            assert isinstance(text, str)
            offsets[number] += [int(found) for found in OFFSET.findall(text)]

    listening = [asyncio.create_task(listen(number)) for number in range(others)]
    stopped = await RawSocket.open(service.port, token)
    stopped.say(type="subscribe", topics=["artists"])
    await asyncio.sleep(0.2)
    prefix = uuid.uuid4().hex
    opened.push_async_callback(forget_artists, postgres, prefix)
    written = await publish(service, prefix, batches=48)
    async with asyncio.timeout(30):
        while any(len(one) < written for one in offsets):
            await asyncio.sleep(0.1)
    await stopped.read(50e6, until=10_000)
    assert stopped.close_code == 4430
    assert stopped.count < written
    for task in listening:
        task.cancel()
    stopped.leave()
    assert all(one == list(range(one[0], one[0] + len(one))) for one in offsets)


async def publish(service: RunningService, prefix: str, *, batches: int) -> int:
    """Creates artists of 8 KB, 16 at a time; says how many are known to be stored."""
    socket = await dial(service, await service.token("editor"))
    stored = 0
    for batch in range(batches):
        for number in range(16):
            data = {"name": f"{prefix} {batch} {number}", "bio": "\N{BOOKS}" * 1990}
            await say(socket, pkg_id=3, req_id=str(uuid.uuid4()), data=data)
        codes = [(await hear(socket))["status_code"] for _ in range(16)]
        assert set(codes) <= {0, BUSY}
        stored += codes.count(0)
    await socket.close()
    return stored
