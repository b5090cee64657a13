"""Commands of a turn go out together, answers come back in order, and a loss fails fast and heals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import hiredis
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app.db.pipelined_redis import MAX_WAITING, Lost, PipelinedConnection, Script
from app.development.servers import Valkey


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[PipelinedConnection]:
    opened = PipelinedConnection(valkey.url)
    await opened.start()
    yield opened
    await opened.stop()


async def test_answers_come_in_the_order_of_their_commands(connection: PipelinedConnection) -> None:
    answers = await asyncio.gather(*(connection.call("ECHO", str(number)) for number in range(200)))
    assert answers == [str(number).encode() for number in range(200)]


async def test_an_error_of_redis_is_an_answer_of_its_own_command_only(connection: PipelinedConnection) -> None:
    first, second = await asyncio.gather(connection.call("NO-SUCH"), connection.call("ECHO", "x"))
    assert isinstance(first, hiredis.ReplyError)
    assert second == b"x"


async def test_a_cancelled_caller_does_not_shift_the_answers(connection: PipelinedConnection) -> None:
    waiting = connection.call("ECHO", "a")
    waiting.cancel()
    assert await connection.call("ECHO", "b") == b"b"


async def test_a_cut_fails_at_once_and_the_connection_comes_back(
    connection: PipelinedConnection, valkey: Valkey
) -> None:
    client = Redis.from_url(valkey.url)
    await client.client_kill_filter(_type="normal", skipme=True)
    await client.aclose()
    async with asyncio.timeout(5):
        with suppress(Lost):
            while True:
                await connection.call("PING")
    assert await connection.reopened(5.0)
    assert await connection.call("ECHO", "again") == b"again"


async def test_a_script_is_loaded_again_where_redis_has_forgotten_it(connection: PipelinedConnection) -> None:
    script = Script(connection, b"return ARGV[1]")
    assert await script.run(0, "one") == b"one"
    await connection.call("SCRIPT", "FLUSH")
    assert await script.run(0, "two") == b"two"


async def test_a_script_that_fails_is_as_lost(connection: PipelinedConnection) -> None:
    with pytest.raises(Lost):
        await Script(connection, b"return redis.call('NO-SUCH')").run(0)


async def test_without_a_server_start_returns_and_calls_fail_at_once() -> None:
    away = PipelinedConnection("redis://127.0.0.1:9")
    await away.start()
    with pytest.raises(Lost):
        away.call("PING")
    assert not await away.reopened(0.1)
    await away.stop()


async def test_a_server_that_does_not_answer_costs_its_callers_a_quarter_of_a_second() -> None:
    ended = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        ended.set()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        silent = PipelinedConnection(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await silent.start()
        async with asyncio.timeout(1.0):
            with pytest.raises(Lost):
                await silent.call("PING")
            await ended.wait()
        await silent.stop()


async def test_the_url_names_the_database(valkey: Valkey) -> None:
    opened = PipelinedConnection(f"redis://127.0.0.1:{valkey.port}/3")
    await opened.start()
    assert b" db=3 " in await opened.call("CLIENT", "INFO")
    await opened.stop()


async def test_beyond_ten_thousand_waiting_a_call_fails_at_once(connection: PipelinedConnection) -> None:
    waiting = [connection.call("PING") for _ in range(MAX_WAITING)]
    with pytest.raises(Lost):
        connection.call("PING")
    await asyncio.gather(*waiting, return_exceptions=True)  # a slow machine may lose them: they waited too long
    assert await connection.reopened(5.0)
    assert await connection.call("ECHO", "again") == b"again"


async def test_a_stall_of_the_own_loop_is_not_taken_for_a_silent_server(connection: PipelinedConnection) -> None:
    waiting = connection.call("PING")
    time.sleep(0.4)  # noqa: ASYNC251 - blocking is the claim; nothing is written before the turn ends
    assert await waiting == b"PONG"


async def test_who_waits_when_the_connection_is_closed_is_told(connection: PipelinedConnection) -> None:
    waiting = connection.call("BLPOP", "nothing", 0)
    await connection.stop()
    with pytest.raises(Lost):
        await waiting
    with pytest.raises(Lost):
        connection.call("PING")


async def test_a_script_that_is_refused_says_so_once_until_it_runs_again(connection: PipelinedConnection) -> None:
    script = Script(connection, b"return redis.call(ARGV[1], ARGV[2])")
    with capture_logs() as logged:
        for command in ("NO-SUCH", "NO-SUCH", "ECHO", "NO-SUCH"):
            with suppress(Lost):
                await script.run(0, command, "x")
    assert [one["event"] for one in logged] == ["redis.script_refused"] * 2
