"""What the HTTP door does for callers whom it will refuse: little, and it says so in the form of every other answer."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from websockets.asyncio.client import connect

from app.audit.log import MAX_LIMITED_OF_ONE
from app.development.servers import Postgres, Valkey
from generated.operations import BUCKETS
from tests.databases import new_database
from tests.doors import PKG_IDS
from tests.running_service import RunningService

LEFT_OUT, LOST = "stele_audit_left_out_total", "stele_audit_dropped_total"
LOGINS = BUCKETS["login"].limit
"""The contract's budget of an address for a minute."""


@pytest.fixture(scope="module")
def limited(postgres: Postgres, valkey: Valkey, servers_folder: Path) -> Iterator[RunningService]:
    """A service with the contract's own limits."""
    url = new_database(postgres, "limited")
    with RunningService(
        servers_folder / "limited", url, valkey.url, RATE_LIMIT_SCALE="1", TRUSTED_PROXIES="1"
    ) as running:
        yield running


class Peer:
    """One raw connection; it says each time from which address behind the proxy it comes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, service: RunningService) -> Peer:
        return cls(*await asyncio.open_connection("127.0.0.1", service.port))

    def send(self, line: str, *headers: str, body: bytes = b"", ip: str = "10.0.0.1") -> None:
        head = (line, "Host: x", f"X-Forwarded-For: {ip}", *headers, "", "")
        self._writer.write("\r\n".join(head).encode() + body)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        async with asyncio.timeout(10):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return int(head[0].split()[1]), headers, body

    def close(self) -> None:
        self._writer.transport.abort()


async def test_a_spent_budget_is_answered_before_the_body_is_read(limited: RunningService) -> None:
    """Fault 8 of D13: an address whose logins are spent sends the head of another one and no body. It is refused at once."""
    peer = await Peer.open(limited)
    for number in range(LOGINS):  # Of one name each, since names have a budget of their own.
        body = b'{"username": "nobody-%d", "password": "wrong"}' % number
        peer.send(
            "POST /auth/login HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(body)}", body=body
        )
        status, _, _ = await peer.answer()
        assert status == 401
    peer.close()
    peer = await Peer.open(limited)
    peer.send("POST /auth/login HTTP/1.1", "Content-Type: application/json", "Content-Length: 1000000")
    status, headers, answer = await peer.answer()
    peer.close()
    assert (status, json.loads(answer)["code"]) == (429, "rate_limited")
    assert int(headers["retry-after"]) >= 1
    row = (await rows_of(limited, headers["x-correlation-id"]))[headers["x-correlation-id"]]
    assert (row["action"], row["outcome"], row["code"], row["ip"]) == ("login", "denied", "rate_limited", "10.0.0.1")


async def test_who_is_not_known_or_may_not_is_answered_before_the_body_is_read(limited: RunningService) -> None:
    """D13: an anonymous caller and one without the role send a head alone."""
    tokens = {401: "x", 403: await limited.token("reader")}
    for expected, token in tokens.items():
        peer = await Peer.open(limited)
        peer.send(
            "POST /api/artists HTTP/1.1", f"Authorization: Bearer {token}", "Content-Type: application/json",
            "Content-Length: 1000000", ip="10.0.0.2",
        )  # fmt: skip
        status, _, _ = await peer.answer()
        peer.close()
        assert status == expected


async def rows_of(service: RunningService, *trace_ids: str) -> dict[str, asyncpg.Record]:
    """The audit rows with these trace ids; the queue has 10 s to write them."""
    connection = await asyncpg.connect(service.environment["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        async with asyncio.timeout(10):
            while True:
                found = await connection.fetch("SELECT * FROM audit_log WHERE trace_id = ANY($1)", list(trace_ids))
                if len(found) == len(trace_ids):
                    return {row["trace_id"]: row for row in found}
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


REFUSED = {
    "no token": ("DELETE", "/api/artists/41", None, b"", 401),
    "bad token": ("DELETE", "/api/artists/42", "bad", b"", 401),
    "no role": ("DELETE", "/api/artists/43", "reader", b"", 403),
    "not there": ("GET", "/api/artists/4444444", "reader", b"", 404),
    "unreadable": ("PUT", "/api/artists/45", "editor", b"{", 400),
    "too large": ("PUT", "/api/artists/46", "editor", b"x" * 1_100_000, 413),
    "no path": ("GET", "/api/artists/47/ticket=abcdefgh12345678", "reader", b"", 404),
    "no method": ("PATCH", "/api/artists/48", "reader", b"", 405),
}
ROWS = {
    "no token": ("delete_artist", "denied", "unauthenticated", "41", "missing"),
    "bad token": ("delete_artist", "denied", "unauthenticated", "42", "malformed"),
    "no role": ("delete_artist", "denied", "forbidden", "43", None),
    "not there": ("get_artist", "error", "artist_not_found", "4444444", None),
    "unreadable": ("update_artist", "error", "malformed", "45", None),
    "too large": ("update_artist", "error", "too_large", "46", None),
    "no path": ("http.unknown_operation", "error", "unknown_operation", "/api/artists/47/ticket=[scrubbed]", "GET"),
    "no method": ("http.method_not_allowed", "error", "method_not_allowed", "/api/artists/48", "PATCH"),
}
KNOWN = {"no role", "not there", "unreadable", "too large"}


@pytest.mark.survives("C08")
async def test_every_refusal_leaves_a_row_that_names_the_object_the_session_and_the_reason(
    limited: RunningService,
) -> None:
    """C08 (D2): calls without a token, with a bad one, without the role, for what is not there, unreadable, too large, of an
    unknown path and method. Each leaves one row with its code, the object that was asked for, and who asked from which session."""
    traces = {name: uuid.uuid4().hex for name in REFUSED}
    async with httpx2.AsyncClient(base_url=limited.url, trust_env=False) as client:
        for name, (method, path, user, body, status) in REFUSED.items():
            token = await limited.token(user) if user in ("reader", "editor") else user
            headers = {
                "content-type": "application/json",
                "x-correlation-id": traces[name],
                "x-forwarded-for": "10.0.0.3",
            }
            if token:
                headers["authorization"] = f"Bearer {token}"
            answer = await client.request(method, path, headers=headers, content=body)
            assert (name, answer.status_code) == (name, status)
    rows = await rows_of(limited, *traces.values())
    names = ("action", "outcome", "code", "object_id", "reason")
    assert {name: tuple(rows[trace][one] for one in names) for name, trace in traces.items()} == ROWS
    assert {name for name, trace in traces.items() if rows[trace]["sid"] and rows[trace]["username"]} == KNOWN
    assert {row["ip"] for row in rows.values()} == {"10.0.0.3"}


async def test_a_socket_s_refusals_name_the_object_as_those_of_http_do(limited: RunningService) -> None:
    """C08, W15: the same calls in frames. The rows are those of HTTP but for the door."""
    headers = {"authorization": f"Bearer {await limited.token('reader')}"}
    traces = []
    async with connect(limited.url.replace("http", "ws") + "/web", additional_headers=headers) as one:
        for operation, number in (("delete_artist", 51), ("get_artist", 5555555)):
            frame = {"pkg_id": PKG_IDS[operation], "req_id": str(uuid.uuid4()), "data": {"artist_id": number}}
            await one.send(json.dumps(frame))
            traces.append(json.loads(await one.recv())["data"]["trace_id"])
    rows = await rows_of(limited, *traces)
    assert [(rows[trace]["code"], rows[trace]["object_id"], rows[trace]["door"]) for trace in traces] == [
        ("forbidden", "51", "websocket"), ("artist_not_found", "5555555", "websocket"),
    ]  # fmt: skip


SOCKET_ROWS = "SELECT * FROM audit_log WHERE sid = $1 AND action LIKE 'ws.%' ORDER BY id"


async def rows_with(service: RunningService, sid: str, count: int) -> list[asyncpg.Record]:
    """Of a session's sockets, in their order; the queue has 10 s to write them."""
    connection = await asyncpg.connect(service.environment["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        async with asyncio.timeout(10):
            while True:
                found = await connection.fetch(SOCKET_ROWS, sid)
                if len(found) >= count:
                    return list(found)
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


@pytest.mark.survives("C08")
async def test_the_steps_of_a_socket_s_life_have_a_row_each(limited: RunningService) -> None:
    """C08 (D2, D24): a socket opens, goes on with another token of its session and closes; another one is closed by the session's
    logout. Each step leaves one row, with who it was, from which session and address, by which roles, and with which code it ended."""
    sockets = limited.url.replace("http", "ws") + "/web"
    async with httpx2.AsyncClient(
        base_url=limited.url, trust_env=False, headers={"x-forwarded-for": "10.0.0.5"}
    ) as client:
        for is_logged_out in (False, True):
            given = (await client.post("/auth/login", json={"username": "reader", "password": "reader"})).json()
            await asyncio.sleep(1.1)  # Tokens say whole seconds; one that says the same as the one before is no news.
            fresh = (await client.post("/auth/refresh", json={"refresh_token": given["refresh_token"]})).json()
            headers = {"authorization": f"Bearer {given['access_token']}", "x-forwarded-for": "10.0.0.5"}
            async with connect(sockets, additional_headers=headers, proxy=None) as one:
                await one.send(json.dumps({"type": "auth", "token": f"Bearer {fresh['access_token']}"}))
                assert json.loads(await one.recv())["type"] == "auth_ok"
                if is_logged_out:
                    await client.post("/auth/logout", json={"refresh_token": fresh["refresh_token"]})
                    await one.wait_closed()
            rows = await rows_with(limited, sid_of(given["access_token"]), 3)
            end = ("denied", "revoked", "ended") if is_logged_out else ("success", None, "1000")
            assert [tuple(row[name] for name in ("action", "outcome", "code", "reason")) for row in rows] == [
                ("ws.connect", "success", None, None), ("ws.refresh", "success", None, None), ("ws.close", *end),
            ]  # fmt: skip
            assert {(row["username"], row["ip"], row["door"]) for row in rows} == {("reader", "10.0.0.5", "websocket")}
            assert all(row["subject"] and row["roles"] == ["get-artists"] for row in rows)


def sid_of(token: str) -> str:
    body = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["sid"])


async def test_a_scanner_fills_neither_the_table_nor_the_queue(limited: RunningService) -> None:
    """D2: one address asks for a hundred paths that are not there; ten rows are written, the metric counts the others, and nobody is woken: none is lost."""
    mark = uuid.uuid4().hex
    async with httpx2.AsyncClient(base_url=limited.url, trust_env=False) as client:
        before, lost = [counted(await client.get("/metrics"), name) for name in (LEFT_OUT, LOST)]
        for number in range(100):
            answer = await client.get(f"/{mark}/{number}", headers={"x-forwarded-for": "10.0.0.4"})
            assert answer.status_code == 404
        page = await client.get("/metrics")
        assert counted(page, LEFT_OUT) - before >= 80
        assert counted(page, LOST) == lost
    await asyncio.sleep(1)
    connection = await asyncpg.connect(limited.environment["DATABASE_URL"].replace("+asyncpg", ""))
    count = await connection.fetchval("SELECT count(*) FROM audit_log WHERE object_id LIKE $1", f"/{mark}/%")
    await connection.close()
    assert count <= 20, "the minute may end in between"


@pytest.mark.survives("D2")
async def test_a_caller_beyond_his_limit_fills_neither_the_table_nor_the_queue(limited: RunningService) -> None:
    """D2: one address asks for a hundred logins more than it may: some sixty refusals have a row, the metric counts the others."""
    address = f"10.1.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    async with httpx2.AsyncClient(base_url=limited.url, trust_env=False) as client:
        before, lost = [counted(await client.get("/metrics"), name) for name in (LEFT_OUT, LOST)]
        statuses = Counter[int]()
        for _ in range(LOGINS + MAX_LIMITED_OF_ONE + 100):
            answer = await client.post("/auth/login", headers={"x-forwarded-for": address}, json={})
            statuses[answer.status_code] += 1
        page = await client.get("/metrics")
    assert statuses[429] >= MAX_LIMITED_OF_ONE + 100
    assert counted(page, LEFT_OUT) - before >= 40, "the minute may end in between"
    assert counted(page, LOST) == lost
    await asyncio.sleep(1)
    connection = await asyncpg.connect(limited.environment["DATABASE_URL"].replace("+asyncpg", ""))
    count = await connection.fetchval("SELECT count(*) FROM audit_log WHERE ip = $1 AND code = 'rate_limited'", address)
    await connection.close()
    assert MAX_LIMITED_OF_ONE <= count <= 2 * MAX_LIMITED_OF_ONE


def counted(page: httpx2.Response, name: str) -> float:
    return float(next(line for line in page.text.splitlines() if line.startswith(name)).split()[1])
