"""Who follows topics over a socket in either format and knows nothing of ours but docs/wire.md, and the artists that it hears of."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from proof.documents import Json, read
from proof.protobuf import Protobuf
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames
from proof.ws.contract import read_socket
from tests.codegen.contracts import shipped
from tests.doors import rest
from tests.running_service import RunningService

WITHIN_S = 15.0
QUIET_S = 0.3


class Line:
    """One socket, in one format."""

    def __init__(self, socket: ClientConnection, codec: Codec) -> None:
        self._socket = socket
        self._codec = codec

    async def say(self, **frame: Any) -> None:
        await self._socket.send(self._codec.write(frame))

    async def hear(self) -> Json:
        async with asyncio.timeout(WITHIN_S):
            return self._codec.read(await self._socket.recv())

    async def follow(self, *topics: str, **positions: Any) -> Json:
        await self.say(type="subscribe", topics=list(topics), **positions)
        return await self.hear()

    async def heard(self) -> list[Json]:
        """What comes until nothing does for a while."""
        found = []
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(QUIET_S):
                    raw = await self._socket.recv()
                found.append(self._codec.read(raw))
        return found


@contextlib.asynccontextmanager
async def line(node: RunningService, user: str = "reader", *, binary: bool = False) -> AsyncIterator[Line]:
    codec: Codec = JsonFrames()
    if binary:
        codec = ProtobufFrames(Protobuf(shipped()), read_socket(read("generated/specs/asyncapi.json")).controls)
    name = Subprotocol("stele.v1.protobuf" if binary else "stele.v1.json")
    headers = {"authorization": f"Bearer {await node.token(user)}"}
    url = f"{node.url.replace('http', 'ws')}/web"
    async with connect(url, additional_headers=headers, subprotocols=[name], proxy=None) as socket:
        yield Line(socket, codec)


async def create(node: RunningService, name: str) -> int:
    async with rest(node.url, await node.token("editor")) as door:
        return int((await door.call("create_artist", name=name)).value["id"])


async def rename(node: RunningService, artist_id: int, name: str) -> None:
    async with rest(node.url, await node.token("editor")) as door:
        assert (await door.call("update_artist", artist_id=artist_id, name=name)).code == "ok"


def named() -> str:
    return uuid.uuid4().hex
