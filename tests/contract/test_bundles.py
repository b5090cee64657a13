"""The subprotocols whose messages hold several frames say the same as the plain ones, in fewer messages."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.ws.envelope import ControlId
from generated.proto import envelope_pb2, stele_control_pb2
from tests.running_service import RunningService

EVENTS = 40
WITHIN_S = 20.0
JSON, PROTOBUF, BUNDLED = "stele.v1.json", "stele.v1.protobuf", ".batch"


def web(service: RunningService, token: str, subprotocol: str) -> connect:
    url = service.url.replace("http", "ws") + "/web"
    headers = {"authorization": f"Bearer {token}"}
    return connect(url, additional_headers=headers, subprotocols=[Subprotocol(subprotocol)], proxy=None)


def subscribe(subprotocol: str, position: dict[str, Any] | None) -> str | bytes:
    if subprotocol.startswith(JSON):
        positions = [position]
        return json.dumps(
            {"type": "subscribe", "topics": ["artists"], **({"positions": positions} if position else {})}
        )
    topics = stele_control_pb2.Topics(topics=["artists"])
    if position:
        topics.positions.add(**position)
    request = envelope_pb2.Request(
        pkg_id=ControlId.SUBSCRIBE, req_id=str(uuid.uuid4()), data=topics.SerializeToString()
    )
    return request.SerializeToString()


def frames(message: str | bytes, subprotocol: str) -> list[str | bytes]:
    if not subprotocol.endswith(BUNDLED):
        return [message]
    if isinstance(message, str):
        return list(message.split("\n"))
    return list(stele_control_pb2.Frames.FromString(message).frames)


async def hear(socket: ClientConnection, subprotocol: str, count: int) -> tuple[list[str | bytes], int]:
    """So many frames, and in how many messages they came."""
    heard: list[str | bytes] = []
    messages = 0
    async with asyncio.timeout(WITHIN_S):
        while len(heard) < count:
            heard += frames(await socket.recv(), subprotocol)
            messages += 1
    return heard, messages


async def create(service: RunningService, token: str, count: int) -> None:
    async with httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        client.headers["authorization"] = f"Bearer {token}"
        for _ in range(count):
            (await client.post("/api/artists", json={"name": f"bundle {uuid.uuid4()}"})).raise_for_status()


@pytest.mark.parametrize("subprotocol", [JSON, PROTOBUF])
async def test_the_same_frames_come_in_fewer_messages(service: RunningService, subprotocol: str) -> None:
    """What was missed is sent in one turn: by the plain subprotocol a message for each frame, by the other one for all that fit. The frames are the same,
    the answer to the subscription before them included."""
    token = await service.token("editor")
    async with web(service, token, JSON) as live:
        await live.send(subscribe(JSON, None))
        begin = json.loads((await hear(live, JSON, 1))[0][0])["positions"][0]
        await create(service, token, EVENTS)
        await hear(live, JSON, EVENTS)
    told: dict[str, list[str | bytes]] = {}
    for name in (subprotocol, subprotocol + BUNDLED):
        async with web(service, token, name) as socket:
            assert socket.subprotocol == name
            await socket.send(subscribe(name, {key: begin[key] for key in ("topic", "epoch", "offset")}))
            answer, *told[name] = (await hear(socket, name, 1))[0]
            left, messages = await hear(socket, name, EVENTS - len(told[name]))
            told[name] += left
            assert answer
        assert messages == EVENTS if name == subprotocol else messages <= EVENTS / 4
    assert told[subprotocol + BUNDLED] == told[subprotocol]
