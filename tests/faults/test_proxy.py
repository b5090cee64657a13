"""The proxy does to connections what it says: a fault that is none would prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.faults.proxy import Mode, Proxy

SHORT_S = 0.2
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def heard() -> bytearray:
    """What has come to the server behind the proxy."""
    return bytearray()


@pytest.fixture
async def proxy(heard: bytearray) -> AsyncIterator[Proxy]:
    """Before a server that says everything again."""

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1024):
                heard.extend(data)
                writer.write(data)
        writer.close()

    server = await asyncio.start_server(repeat, "127.0.0.1", 0)
    async with Proxy(server.sockets[0].getsockname()[1]) as running:
        yield running
    server.close()


async def ask(streams: Streams, data: bytes) -> bytes | None:
    """The answer, None while none has come."""
    streams[1].write(data)
    try:
        return await asyncio.wait_for(streams[0].read(1024), SHORT_S)
    except TimeoutError:
        return None


async def test_a_silence_holds_everything_back_until_it_ends(proxy: Proxy, heard: bytearray) -> None:
    old = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ask(old, b"a") == b"a"
    await proxy.switch(Mode.SILENT)
    new = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert [await ask(old, b"b"), await ask(new, b"c"), bytes(heard)] == [None, None, b"a"]
    await proxy.switch(Mode.FORWARD)
    assert [await old[0].read(10), await new[0].read(10)] == [b"b", b"c"]


async def test_half_a_silence_lets_requests_pass(proxy: Proxy, heard: bytearray) -> None:
    streams = await asyncio.open_connection("127.0.0.1", proxy.port)
    await proxy.switch(Mode.HALF)
    assert [await ask(streams, b"a"), bytes(heard)] == [None, b"a"]
    await proxy.switch(Mode.FORWARD)
    assert await streams[0].read(10) == b"a"


async def test_a_refusal_resets_what_is_open_and_ends(proxy: Proxy) -> None:
    streams = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ask(streams, b"a") == b"a"
    await proxy.switch(Mode.REFUSED)
    with pytest.raises(ConnectionError):
        await streams[0].read(10)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", proxy.port)
    await proxy.switch(Mode.FORWARD)
    assert await ask(await asyncio.open_connection("127.0.0.1", proxy.port), b"b") == b"b"


async def test_latency_is_added_once_to_each_direction_however_much_is_under_way(proxy: Proxy) -> None:
    streams, loop = await asyncio.open_connection("127.0.0.1", proxy.port), asyncio.get_running_loop()
    proxy.latency_s, begun = 0.3, loop.time()
    for _ in range(10):
        streams[1].write(b"a")
        await asyncio.sleep(0.01)
    assert await streams[0].readexactly(10) == b"a" * 10
    assert 0.6 <= loop.time() - begun < 2.0
