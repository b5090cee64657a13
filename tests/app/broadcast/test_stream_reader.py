"""A reader follows its streams to another server, and reads the same in both versions of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected

from app.broadcast.stream_reader import StreamReader
from app.development.servers import Valkey, embedded_valkey


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with embedded_valkey(Path(tmp_path_factory.mktemp("other"))) as server:
        yield server


@pytest.mark.parametrize("protocol", [2, 3])
async def test_the_next_read_is_at_the_server_that_has_the_streams_by_then(
    protocol: int, valkey: Valkey, other: Valkey
) -> None:
    for server, text in ((valkey, b"here"), (other, b"there")):
        client = Redis.from_url(server.url)
        await client.delete("reader:stream", "reader:none")
        await client.xadd("reader:stream", {b"text": text}, id="0-1")
        await client.set("reader:key", text)
        await client.aclose()
    where: list[str | None] = [None]
    reader = StreamReader(lambda: where[0], protocol=protocol)
    with pytest.raises(NotConnected):
        await reader.get("reader:key")
    for server, text in ((valkey, b"here"), (other, b"there")):
        where[0] = server.url
        found = await reader.read({"reader:stream": b"0-0", "reader:none": b"0-0"}, count=10)
        assert found == [(b"reader:stream", [(b"0-1", {b"text": text})])]
        assert await reader.get("reader:key") == text
        assert (await reader.last("reader:stream"), await reader.last("reader:none")) == (b"0-1", b"0-0")
    assert await reader.get("reader:none") is None
    assert await reader.read({"reader:stream": b"0-1"}, count=10) == []
    await reader.aclose()
