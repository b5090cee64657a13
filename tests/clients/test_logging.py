"""The Python client speaks by the standard library's logging, under its package's name, and never of a secret."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest

from generated.sdk_python.stele_client import AsyncClient, Hooks, errors
from tests.clients.misbehaving_server import MisbehavingServer, Request, problem, reply

NAME = "generated.sdk_python.stele_client"


@pytest.fixture
async def server() -> AsyncIterator[MisbehavingServer]:
    async with MisbehavingServer() as running:
        yield running


async def test_attempts_retries_and_the_socket_are_lines(
    server: MisbehavingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Each at its level; the user's own hooks are called beside it."""
    answers = [reply(503, problem(503, "unavailable", detail="secret detail"), retry_after="0")]

    async def on_http(request: Request) -> bytes | None:
        return answers.pop() if answers else None

    server.on_http = on_http
    heard: list[str] = []
    hooks = Hooks(on_retry=lambda info, error, pause_s: heard.append(info.operation))
    with caplog.at_level(logging.DEBUG, logger=NAME):
        async with AsyncClient(server.url, token="secret-token", hooks=hooks, timeout_s=5.0) as client:
            await client.connect()
            await client.artists.get(artist_id=7)
        async with AsyncClient(
            server.url, token="secret-token", transport="http", hooks=hooks, max_retries=1
        ) as client:
            with pytest.raises(errors.ConnectionLost):
                await client.artists.get(artist_id=7)
    lines = [(one.levelname, one.getMessage()) for one in caplog.records if one.name == NAME]
    assert ("INFO", "the socket is open (1)") in lines
    assert any(level == "DEBUG" and text.startswith("get_artist: attempt 1 over ws, request ") for level, text in lines)
    assert any(level == "INFO" and "failed (Unavailable unavailable), next in " in text for level, text in lines)
    assert heard == ["get_artist"]
    assert "secret" not in caplog.text


def test_a_program_that_asks_for_no_lines_gets_none(server: MisbehavingServer) -> None:
    AsyncClient(server.url)
    AsyncClient(server.url)
    handlers = logging.getLogger(NAME).handlers
    assert [type(one) for one in handlers] == [logging.NullHandler]
