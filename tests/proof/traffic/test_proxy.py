"""A request arrives at the service as its client sent it, and the answer at the client; what is of the connection stays there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from app.development.servers import free_port
from proof.traffic.lines import Exchange
from proof.traffic.proxy import handed_on
from tests.proof.traffic.things import Recorded
from tests.proof.traffic.upstream import Canned, between


@asynccontextmanager
async def behind(canned: Canned, folder: Path) -> AsyncIterator[tuple[str, str, Recorded]]:
    serving = await asyncio.start_server(canned.serve, "127.0.0.1", 0)
    service = f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    async with serving, between(service, folder) as (url, recorded):
        yield service, url, recorded


async def ask(url: str, *raw: bytes) -> bytes:
    """All that comes for what is sent, until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    for part in raw:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.02)
    try:
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()


async def test_the_target_and_the_headers_arrive_as_they_were_sent(tmp_path: Path) -> None:
    canned = Canned()
    async with behind(canned, tmp_path) as (service, url, recorded):
        head = (
            f"GET /api/artists/%41%2f?b=2&a=%20 HTTP/1.1\r\nHost: {url[7:]}\r\nX-One: 1\r\nX-One: 2\r\nOrigin: {url}\r\n"
            "Connection: close, X-Hop\r\nX-Hop: gone\r\nTE: trailers\r\nAuthorization: Bearer x\r\n\r\n"
        )
        answer = await ask(url, head.encode())
        seen = canned.seen[0].decode()
        assert seen.startswith("GET /api/artists/%41%2f?b=2&a=%20 HTTP/1.1\r\n")
        lines = seen.lower().split("\r\n")
        assert f"host: {service[7:]}" in lines
        assert f"origin: {service}" in lines
        assert [one for one in lines if one.startswith("x-one")] == ["x-one: 1", "x-one: 2"]
        assert "authorization: bearer x" in lines
        assert not [one for one in lines if one.startswith(("x-hop", "te:", "accept"))]
        assert answer.endswith(b"ok")
        assert recorded.last().answer.status == 200


async def test_a_client_that_goes_within_its_body_has_no_answer(tmp_path: Path) -> None:
    async with behind(Canned(), tmp_path) as (_, url, recorded):
        _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write(b"POST /api/artists HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        async with asyncio.timeout(20):
            while not isinstance(recorded.last(), Exchange):
                await asyncio.sleep(0.05)
        assert recorded.last().answer is None


async def test_a_foreign_origin_stays_foreign(tmp_path: Path) -> None:
    canned = Canned()
    async with behind(canned, tmp_path) as (_, url, _recorded):
        await ask(url, b"GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n")
        assert b"https://evil.example" in canned.seen[0]


async def test_bodies_pass_whole_and_are_kept_in_bounds(tmp_path: Path) -> None:
    canned = Canned(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
        + b"7d0\r\n"
        + b"x" * 2000
        + b"\r\n0\r\n\r\n"
    )
    async with behind(canned, tmp_path) as (_, url, recorded):
        head = b"POST /api/artists HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n"
        body = b'{"name": "' + b"a" * 1500 + b'"}'
        answer = await ask(url, head + b"Content-Length: %d\r\n\r\n" % len(body), body[:700], body[700:])
        assert canned.seen[0].endswith(body)
        assert answer.count(b"x") >= 2000
        line = recorded.last()
        assert (line.body.form, line.body.size) == ("left-out", len(body))
        assert (line.answer.body.form, line.answer.body.size) == ("left-out", 2000)
        await ask(url, head + b"Transfer-Encoding: chunked\r\n\r\n", b'd\r\n{"name": "b"}\r\n', b"0\r\n\r\n")
        assert b'{"name": "b"}' in canned.seen[1]
        assert recorded.last().body.value == {"name": "b"}


async def test_a_service_that_is_away_is_502_and_recorded(tmp_path: Path) -> None:
    async with (
        between(f"http://127.0.0.1:{free_port()}", tmp_path) as (url, recorded),
        httpx2.AsyncClient(trust_env=False) as client,
    ):
        answer = await client.get(f"{url}/api/artists")
        assert answer.status_code == 502
        assert answer.headers["content-type"] == "application/problem+json"
        assert (recorded.last().operation, recorded.last().answer.status) == ("get_artists", 502)


async def test_a_service_that_ends_in_its_answer_ends_the_client_s(tmp_path: Path) -> None:
    canned = Canned(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    async with behind(canned, tmp_path) as (_, url, recorded):
        async with httpx2.AsyncClient(trust_env=False) as client:
            with pytest.raises(httpx2.HTTPError):
                await client.get(f"{url}/api/artists")
        assert recorded.last().answer.body.size == 4


def test_headers_of_the_connection_are_not_handed_on() -> None:
    headers = [
        ("Connection", "a, Keep-Alive"),
        ("A", "1"),
        ("Keep-Alive", "5"),
        ("B", "2"),
        ("host", "x"),
        ("Upgrade", "h2c"),
    ]
    assert handed_on(headers, "host") == [("B", "2")]
