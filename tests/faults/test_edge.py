"""What the HTTP door does for callers whom it will refuse: little, and it says so in the form of every other answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.development.servers import Postgres, Valkey
from tests.databases import new_database
from tests.running_service import RunningService

LOGINS = 20
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
    body = b'{"username": "nobody", "password": "wrong"}'
    peer = await Peer.open(limited)
    for _ in range(LOGINS):
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


async def test_who_is_not_known_or_may_not_is_answered_before_the_body_is_read(limited: RunningService) -> None:
    """D13: an anonymous caller and one without the role send a head alone."""
    tokens = {401: "x", 403: await limited.token("reader")}
    for expected, token in tokens.items():
        peer = await Peer.open(limited)
        peer.send(
            "POST /api/authors HTTP/1.1", f"Authorization: Bearer {token}", "Content-Type: application/json",
            "Content-Length: 1000000", ip="10.0.0.2",
        )  # fmt: skip
        status, _, _ = await peer.answer()
        peer.close()
        assert status == expected
